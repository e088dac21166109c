// Package persons answers people who ask for their own data: a copy of it, a
// name set right, or to be de-identified (Luật 91/2025/QH15, NĐ 356/2025).
// Persons are members and officers; of citizens the system keeps counts only.
//
// A request is a record in sys:person_requests. From the day on which it came
// in it must be answered within two working days (UTC+7, holidays and moved
// days counted: domain.Calendar). Administrators of the province and of the
// system handle requests, never one about themselves. What was done is a
// decision in the chain (KindDone) that holds ids and days and no name, because
// nothing can ever be taken out of the chain again.
//
// De-identifying takes two people and can't be undone (roster.PutVeil): the
// name becomes an alias in every record and in their history, the account is
// closed, numbers and names of devices go. It is refused while the person holds
// a role, or while money is still to be paid through their hands. What was done
// for money stays, under the alias; papers that bore the name go on to show it
// until their legal time is over (KeepYears), from one record that nothing else
// reads. Free text is not touched: Mentions names the records that a person
// should look at.
//
// A backup that is older brings a name back. So the ids of who was de-identified
// stand in a file beside the store (FileName), and Again, at each start, takes
// away what a restored store has too much.
package persons

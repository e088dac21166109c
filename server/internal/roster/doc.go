// Package roster knows who is there: units over time, village and commune
// teams, people, their dated grants, and which communes are registered for a
// year's digital-transformation standard. It imports them from CSV and XLSX,
// takes an import back as a whole while nothing stands on it, and gives
// the lookups that rights, review and months stand on.
//
// Everything is a record of the store. Scopes that begin with "sys:" serve as
// indexes (the store keeps exactly one entry per scope and record):
//
//	type          scopes                                        document
//	unit_version  sys:units, sys:unit/<unit>,                   domain.UnitVersion
//	              sys:unit_code/<level>/<code>
//	unit_event    sys:units, sys:unit/<each unit named>         domain.UnitEvent
//	team          sys:teams, team:<t>, commune:<c>              domain.Team
//	person        sys:people, user:<p>                          domain.Person
//	contact       commune:<c>, team:<t> of its teams            domain.Contact
//	grant         sys:grants/<p> and team:<t>, commune:<c>,     domain.Grant
//	              or sys:officers above the commune
//	registration  sys:registrations/<year>                      domain.Registration
//	officer       sys:support_officers                          domain.Officer
//	recognition   sys:recognitions                              domain.Recognition
//	order         sys:orders                                    domain.Order
//	called_up     sys:called_up                                 domain.CalledUp
//	village       sys:village/<team>                            domain.Village
//	place         sys:places                                    domain.Place
//	external_ref  sys:refs                                      {"id": …}
//	kept_name     sys:kept_names                                names of who was de-identified, for papers of money
//
// A change of units that the province records is a decision in the chain
// (KindUnitChange): versions, event and the teams' communes follow from it, and
// whatever contradicts it refuses the whole. What a file brings is no decision.
//
// External references are the keys that a province brings (payroll number,
// village code). They find a record again when a file is imported twice; ids
// stay random, so that nobody can guess a person's reference from an id.
//
// A record that was taken back with its import has an empty document and no
// scopes: it is as good as absent, and comes back with the next import of its key.
//
// Functions on store.Reader and store.Tx work inside the caller's transaction;
// the methods of Service open their own. Lookups that find nothing return an
// error of code domain.NotFound, but for those that say so with a bool.
package roster

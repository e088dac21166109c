// Package papers renders what people print, sign and file: the team's monthly
// report, the commune's summary, the list of eligible and ineligible teams, the
// payment list, back payments and recoveries, the province summary, the
// quarterly settlement, the lists of officers and awards, and the page that
// explains a team's month.
//
// Values in, bytes out: no store, no network, no clock. Each paper is a plain
// struct that a caller fills; dates come in with its Head. The same struct
// gives the same bytes, as PDF, as XLSX and as CSV.
//
//	papers.PDF(w, papers.PaymentList{…})
//	papers.XLSX(w, papers.PaymentList{…})
//	papers.CSV(w, papers.PaymentList{…})
//
// A paper is first laid out as one sheet (title, lines, tables with typed cells,
// signatures), then written by one of the three writers; so the three never
// tell different figures. Totals are computed here from the rows. A total that
// the caller brings along must be equal, else nothing is written: the error
// wraps ErrTotal.
//
// Units: money is int64 đồng, months are yyyy-mm and days yyyy-mm-dd of UTC+7;
// on paper "tháng 6/2023" and "12/10/2023". All text is made NFC. Text that
// comes from people is never read as a formula by a spreadsheet; characters
// that the font lacks are printed as a box.
//
// The form is that of NĐ 30/2020/NĐ-CP: A4, margins, quốc hiệu and tiêu ngữ,
// number, place and date, signatures, nơi nhận, page numbers from page 2.
// Rules that we assumed (badge A) are called "Quy định tạm của hệ thống".
package papers

// A picture for each kind of activity, so that who reads little finds it again.
// Drawn for this app on a grid of 24.
const pictures: Record<string, string> = {
  // house, and somebody who speaks at its door
  TUYEN_TRUYEN_TRUC_TIEP: "M3 12 9 6l6 6M5 11v9h8v-9M8 20v-4h2v4M17 9h5v5h-3l-2 2v-2z",
  // people around a table
  TUYEN_TRUYEN_HOP_THON: "M3 17h18M6 17v3M18 17v3M6 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM12 11a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM18 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM9 17c0-3 6-3 6 0",
  // loudspeaker
  TUYEN_TRUYEN_LOA: "M4 10h4l8-5v14l-8-5H4zM6 14l1 6h3l-1-5M19 9a4 4 0 0 1 0 6",
  // a post with a thumb up
  TUYEN_TRUYEN_MANG: "M4 4h16v11H11l-4 4v-4H4zM8 8h8M8 11h5",
  // bubbles of a group
  NHOM_ZALO: "M3 5h11v8H8l-3 3v-3H3zM10 16v1h6l3 3v-3h2V9h-4",
  // phone with an S
  YENBAI_S: "M7 3h10v18H7zM14 9c0-2-4-2-4 0s4 2 4 4-4 2-4 0M11 18h2",
  // identity card
  VNEID: "M3 6h18v12H3zM8 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM5 16c0-3 6-3 6 0M14 10h4M14 13h4",
  // key of an account
  DVC_TAI_KHOAN: "M9 12a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3 20c0-4 3-6 6-6 2 0 3 .5 4 1.500M17 14a2 2 0 1 0 0 .1M17 16v5M17 19h2",
  // paper that goes up
  DVC_NOP_HO_SO: "M5 3h9l4 4v6M5 3v18h7M14 3v4h4M8 9h3M8 13h3M17 21v-6M14 18l3-3 3 3",
  // card and phone
  THANH_TOAN_SO: "M3 7h14v10H3zM3 10h14M6 14h3M20 5v14",
  // scan code over a stall
  QR_HO_KINH_DOANH: "M3 9 5 4h14l2 5zM4 9v11h16V9M8 12h3v3H8zM14 12h2v2M14 17h2",
  // basket
  TMDT_SAN_PHAM: "M3 9h18l-2 11H5zM8 9l3-6M16 9l-3-6M9 13v3M15 13v3M12 13v3",
  // leaf with a tag
  TRUY_XUAT_NGUON_GOC: "M5 19c0-9 5-14 14-14 0 9-5 14-14 14ZM5 19l7-7M16 17h5v4h-5l-2-2z",
  // heart on a book
  SO_SUC_KHOE: "M5 3h14v18H5zM12 16l-4-4a2.5 2.5 0 0 1 4-3 2.5 2.5 0 0 1 4 3z",
  // house with a pin
  DIA_CHI_SO: "M3 21v-8l6-5 4 3M6 21v-5h4v5M17 19s4-4 4-7a4 4 0 0 0-8 0c0 3 4 7 4 7ZM17 12v.1",
  // shield
  AN_TOAN_SO: "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4",
  // board and pupils
  LOP_KY_NANG_SO: "M4 4h16v9H4zM8 8h8M7 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM17 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM12 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  // certificate
  PHO_CAP_KY_NANG: "M4 4h16v11H4zM8 8h8M8 11h4M16 12a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM15 16v5l1.5-1 1.5 1v-5",
  // person with a tick
  CONG_DAN_SO: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 20c0-4 3-6 6-6s4 1 5 2M15 18l2 2 4-5",
  // books
  THU_VIEN_SO: "M4 5h4v15H4zM8 5h4v15H8zM13 6l4-1 3 14-4 1zM4 9h4M8 9h4",
  // picture of a place with a mark
  PHAN_ANH_HIEN_TRUONG: "M3 6h4l1-2h5l1 2h4v6M3 6v13h9M10.5 15a3 3 0 1 1 2.5-3M18 14v4M18 21v.1",
  // calendar with 5
  NGAY_THU_5: "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5M14 12h-3v2.500h1.500a1.5 1.5 0 0 1 0 3H11",
  // community house with signal
  NHA_VAN_HOA_SO: "M3 12l9-5 9 5M5 12v8h14v-8M10 20v-4h4v4M9 4a4 4 0 0 1 6 0",
  // member who learns
  TAP_HUAN_THANH_VIEN: "M2 9l10-4 10 4-10 4zM6 11v5c3 3 9 3 12 0v-5M22 9v6",
  // round of talk
  HOP_TO: "M4 4h10v7H9l-3 3v-3H4zM20 9v8h-2v3l-3-3h-5",
  // flash
  NHIEM_VU_DOT_XUAT: "M13 2 5 14h6l-1 8 8-12h-6z",
  KHAC: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 12v.1M12 12v.1M16 12v.1",
};

/** Picture shows a kind of activity; unknown kinds have the picture of "other". */
export function Picture({ kind }: { kind: string }) {
  return (
    <svg class="picture" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={pictures[kind] ?? pictures["KHAC"]} />
    </svg>
  );
}

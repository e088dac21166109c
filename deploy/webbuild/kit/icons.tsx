// Signs of buttons and states, drawn for this app on a grid of 24.
const paths = {
  home: "M4 11 12 4l8 7M6 10v9h12v-9M10 19v-5h4v5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  book: "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11M9 8h6",
  people: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3 20c0-4 3-6 6-6s6 2 6 6M16 5a3 3 0 0 1 0 6M18 14c2 1 3 3 3 6",
  inbox: "M4 13 6 5h12l2 8v6H4zM4 13h5l1 3h4l1-3h5",
  check: "m5 13 4 4L19 7",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2",
  alert: "M12 4 2.5 20h19zM12 10v4M12 17v.1",
  cross: "M6 6l12 12M18 6 6 18",
  gear: "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  sync: "M4 12a8 8 0 0 1 14-5l2 2M20 5v4h-4M20 12a8 8 0 0 1-14 5l-2-2M4 19v-4h4",
  camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  gallery: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.1",
  place: "M12 21s7-6 7-11a7 7 0 0 0-14 0c0 5 7 11 7 11ZM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l5 5",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  undo: "M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
  call: "M6 4h4l1 5-2 2a10 10 0 0 0 4 4l2-2 5 1v4c-8 2-16-6-14-14Z",
  qr: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v6h-4",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 8v.1",
  send: "M4 12 20 4l-4 16-4-7z",
  copy: "M9 9h10v11H9zM5 15V4h10",
  off: "M4 4l16 16M6 9a9 9 0 0 1 3-2M18 12a9 9 0 0 0-4-3M9 15a4 4 0 0 1 5 0M12 19v.1",
  paper: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  look: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3v18M15 4.500v15M18 6v12",
  cash: "M3 7h18v10H3zM12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM6.500 10v4M17.500 10v4",
  star: "M12 4l2.5 5 5.5.8-4 3.900 1 5.5-5-2.700-5 2.700 1-5.5-4-3.900 5.5-.8z",
} as const;

export type IconName = keyof typeof paths;

/** Icon says nothing to a screen reader: the words beside it do. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

// What this browser remembers of how somebody likes to see things: no data.

const name = (key: string): string => "banso/console/" + key;

export function kept(key: string, otherwise: string): string {
  try {
    return localStorage.getItem(name(key)) ?? otherwise;
  } catch {
    return otherwise; // storage is off: it works without
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(name(key), value);
  } catch {
    // it is forgotten with the page
  }
}

import type { Fetch, FetchReply } from "../../src/http";
import type { Rand } from "../rand";

const utf8 = new TextEncoder();

function reply(status: number, body: string | Uint8Array, headers: { [name: string]: string } = {}): FetchReply {
  const b = typeof body === "string" ? utf8.encode(body) : body;
  return {
    status,
    headers: { get: (name) => headers[name] ?? null },
    arrayBuffer: async () => b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength) as ArrayBuffer,
  };
}

const portal = "<!DOCTYPE html><html><body><h1>WiFi miễn phí</h1><form>Đăng nhập</form></body></html>";

/** The network between one phone and the server: it loses, doubles, cuts, holds back and reorders, until it is healed. */
export class Net {
  healed = false;
  /** Requests that it holds back. */
  private late: (() => Promise<unknown>)[] = [];
  private storm = 0;
  /** That the server asked for a rotation, "rotate" or "lost". */
  readonly told: string[] = [];
  /** What an honest server must never be told. */
  readonly complaints: string[] = [];

  constructor(private readonly r: Rand, private readonly real: typeof fetch) {}

  /** Requests since the person last asked for a sync. */
  trips = 0;

  readonly fetch: Fetch = async (url, init) => {
    if (++this.trips > 400) {
      if (this.trips === 401) this.complaints.push("a sync does not come to an end");
      throw new TypeError("Failed to fetch");
    }
    if (new TextDecoder().decode(init.body).includes('"bad":true')) this.complaints.push("with an honest server a phone found a difference");
    const send = async (): Promise<FetchReply> => {
      const res = await this.real(url, { method: init.method, headers: init.headers, body: init.body as BodyInit });
      const body = new Uint8Array(await res.arrayBuffer());
      const state = /"state":"(rotate|lost)"/.exec(new TextDecoder().decode(body.subarray(0, 300)))?.[1];
      if (state) this.told.push(state);
      return reply(res.status, body, { "Retry-After": res.headers.get("Retry-After") ?? "" });
    };
    if (this.healed) return send();
    return (await this.before(send)) ?? this.after(await send());
  };

  private async before(send: () => Promise<FetchReply>): Promise<FetchReply | null> {
    while (this.late.length > 0 && this.r.one(2)) await this.late.shift()!(); // an old one arrives before this one
    if (this.storm > 0) {
      this.storm--;
      return reply(503, '{"code":"unavailable"}', { "Retry-After": String(1 + this.r.int(60)) });
    }
    switch (this.r.int(22)) {
      case 0:
      case 1:
        throw new TypeError("Failed to fetch");
      case 2:
        this.late.push(send);
        throw new TypeError("Failed to fetch");
      case 3:
        await send(); // it arrives twice
        return null;
      case 4:
        this.storm = this.r.int(4);
        return reply(this.r.pick([503, 429, 502, 504, 507]), "", { "Retry-After": "7" });
      case 5:
        return reply(413, "");
      case 6:
        return reply(200, portal);
      case 7:
        return reply(200, this.r.pick(["{}", "null", "[]", '{"state":"ok"}', '"', "\u0000", '{"epoch":1}']));
      case 8:
        return reply(302, "", { Location: "http://portal.example/" });
      default:
        return null;
    }
  }

  private after(res: FetchReply): FetchReply | Promise<FetchReply> {
    switch (this.r.int(10)) {
      case 0:
        throw new TypeError("Failed to fetch"); // the answer is lost
      case 1:
        return res.arrayBuffer().then((b) => reply(res.status, new Uint8Array(b).slice(0, this.r.int(b.byteLength))));
      default:
        return res;
    }
  }

  /** All that was held back arrives at last. */
  async deliverLate(): Promise<void> {
    for (const send of this.late.splice(0)) await send();
  }

  heal(): void {
    this.healed = true;
    this.late = [];
  }
}

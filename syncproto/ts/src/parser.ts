import { emptyDoc } from "./canonical";
import type { Doc, Fields, Sets, Value } from "./index";
import { limits } from "./limits";
import { isID, fromText, zero16 } from "./bytes";

/** A text that is not of the record profile. */
export class ProfileError extends Error {}

/** Reads JSON text of the record profile strictly: integers, NFC text, no null, no name twice, bounded depth. */
export class Parser {
  private i = 0;
  constructor(private readonly text: string) {}

  /** Refuses anything but white space up to the end. */
  end(): void {
    if (this.peek() !== "") throw new ProfileError("data after the value");
  }

  private peek(): string {
    for (; this.i < this.text.length; this.i++) {
      const c = this.text[this.i]!;
      if (c !== " " && c !== "\n" && c !== "\t" && c !== "\r") return c;
    }
    return "";
  }

  /** Calls fn in front of each element; in an object fn first reads the name. */
  private each(open: "{" | "[", fn: () => void): void {
    const close = open === "{" ? "}" : "]";
    if (this.peek() !== open) throw new ProfileError("wrong type");
    this.i++;
    if (this.peek() === close) {
      this.i++;
      return;
    }
    for (;;) {
      fn();
      const c = this.peek();
      this.i++;
      if (c === close) return;
      if (c !== ",") throw new ProfileError("not JSON");
      this.peek();
    }
  }

  value(depth: number): Value {
    const c = this.peek();
    if (c === '"') return this.str();
    if (c === "{" || c === "[") {
      if (depth > limits.MaxDepth) throw new ProfileError("nested too deep");
      if (c === "[") {
        const list: Value[] = [];
        this.each("[", () => list.push(this.value(depth + 1)));
        return list;
      }
      return this.object(() => this.value(depth + 1)) as Doc;
    }
    for (const word of ["true", "false"]) {
      if (this.text.startsWith(word, this.i)) {
        this.i += word.length;
        return word === "true";
      }
    }
    return this.int();
  }

  private object<T>(read: () => T): { [name: string]: T } {
    const out = emptyDoc() as unknown as { [name: string]: T };
    this.each("{", () => {
      const name = this.name();
      if (name in out) throw new ProfileError("name stands twice");
      out[name] = read();
    });
    return out;
  }

  private name(): string {
    if (this.peek() !== '"') throw new ProfileError("not JSON");
    const s = this.str();
    if (!asciiName(s)) throw new ProfileError("name is not printable ASCII");
    if (this.peek() !== ":") throw new ProfileError("not JSON");
    this.i++;
    this.peek();
    return s;
  }

  /** Reads an object whose members are known by name. */
  members(read: { [name: string]: () => void }): void {
    const had = new Set<string>();
    this.each("{", () => {
      const name = this.name();
      if (had.has(name) || !Object.prototype.hasOwnProperty.call(read, name)) throw new ProfileError("unknown or repeated member " + name);
      had.add(name);
      read[name]!();
    });
  }

  /** A document; in set and was a field may be null. */
  doc(nullable: false): Doc;
  doc(nullable: boolean): Fields;
  doc(nullable: boolean): Fields {
    return this.object<Value | null>(() => {
      this.peek();
      if (nullable && this.text.startsWith("null", this.i)) {
        this.i += 4;
        return null;
      }
      return this.value(2);
    });
  }

  sets(): Sets {
    return this.object(() => {
      const list: string[] = [];
      this.each("[", () => {
        const s = this.string();
        if (s === "") throw new ProfileError("empty element");
        list.push(s);
      });
      return list;
    });
  }

  int(): number {
    this.peek();
    const m = /-?[0-9]+/y;
    m.lastIndex = this.i;
    const s = m.exec(this.text)?.[0];
    if (s === undefined) throw new ProfileError("wrong type");
    const next = this.text[this.i + s.length];
    const n = Number(s);
    if (/^-?0./.test(s) || s === "-0" || next === "." || next === "e" || next === "E" || !Number.isSafeInteger(n)) {
      throw new ProfileError("number is not an integer below 2^53");
    }
    this.i += s.length;
    return n;
  }

  string(): string {
    if (this.peek() !== '"') throw new ProfileError("wrong type");
    return this.str();
  }

  /** A short string of printable ASCII, perhaps empty. */
  label(): string {
    const s = this.string();
    if (s.length > 128 || (s !== "" && !asciiName(s))) throw new ProfileError("wrong type");
    return s;
  }

  id(): string {
    const s = this.string();
    if (!isID(s)) throw new ProfileError("not an id");
    return s;
  }

  bytes16(): string {
    const s = this.string();
    if (s === "") return zero16;
    if (!fromText(s)) throw new ProfileError("not 128 bits");
    return s;
  }

  private str(): string {
    let out = "";
    let from = ++this.i;
    for (;;) {
      const c = this.text.charCodeAt(this.i);
      if (!(c >= 0x20)) throw new ProfileError("not JSON"); // also NaN behind the end
      if (c === 0x22) {
        out += this.text.slice(from, this.i++);
        if (!wellFormed(out)) throw new ProfileError("string is not valid UTF-8");
        if (out.normalize("NFC") !== out) throw new ProfileError("string is not in Unicode form NFC");
        return out;
      }
      if (c !== 0x5c) {
        this.i++;
        continue;
      }
      out += this.text.slice(from, this.i) + this.escape();
      from = this.i;
    }
  }

  private escape(): string {
    const c = this.text[this.i + 1] ?? "";
    const at = 'bfnrt"\\/'.indexOf(c);
    if (c !== "" && at >= 0) {
      this.i += 2;
      return '\b\f\n\r\t"\\/'[at]!;
    }
    const hex = this.text.slice(this.i + 2, this.i + 6);
    if (c !== "u" || !/^[0-9a-fA-F]{4}$/.test(hex)) throw new ProfileError("not JSON");
    this.i += 6;
    return String.fromCharCode(parseInt(hex, 16));
  }
}

/** Whether s has no half of a surrogate pair. */
export function wellFormed(s: string): boolean {
  return !/[\ud800-\udfff]/u.test(s); // with u only a half is a code point of its own
}

export function asciiName(s: string): boolean {
  return /^[\x20-\x7e]+$/.test(s);
}

/** Reads a document of the profile. */
export function decodeDoc(text: string): Doc {
  const p = new Parser(text);
  const d = p.doc(false);
  p.end();
  return d;
}

/** Random numbers of one seed (xorshift128), so that a failure can be played again. */
export class Rand {
  private s: Uint32Array;
  constructor(seed: number, stream = 0) {
    this.s = new Uint32Array([seed ^ 0x9e3779b9, stream ^ 0x243f6a88, 0xb7e15162 ^ (seed << 7), 0xdeadbeef]);
    for (let i = 0; i < 20; i++) this.next();
  }
  next(): number {
    const s = this.s;
    let t = s[3]!;
    t ^= t << 11;
    t ^= t >>> 8;
    s[3] = s[2]!;
    s[2] = s[1]!;
    s[1] = s[0]!;
    t ^= s[0]! ^ (s[0]! >>> 19);
    s[0] = t;
    return s[0]!;
  }
  /** 0 … n-1. */
  int(n: number): number {
    return this.next() % n;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)]!;
  }
  /** Once in n times. */
  one(n: number): boolean {
    return this.int(n) === 0;
  }
  bytes = (n: number): Uint8Array => {
    const b = new Uint8Array(n);
    for (let i = 0; i < n; i++) b[i] = this.next() & 0xff;
    return b;
  };
}

/** A disk in memory that fails as it is told to. */
import type { AppendTarget } from "../../src/store/append-target.ts";

/** The disk, its content, and the switches for its faults. */
export class FakeDisk implements AppendTarget {
  readonly canSeek: boolean;
  #room: Buffer = Buffer.alloc(4096);
  #length = 0;
  /** Bytes that fit; a write that goes beyond is short, the next one ENOSPC. */
  capacity = Number.POSITIVE_INFINITY;
  /** The most bytes that one write takes. */
  longest = Number.POSITIVE_INFINITY;
  writeError: string | null = null;
  truncateError: string | null = null;
  syncError: string | null = null;
  /** Until it resolves, nothing is written. */
  stall: Promise<void> | null = null;
  writes = 0;
  syncs = 0;
  isClosed = false;

  constructor(canSeek = true) {
    this.canSeek = canSeek;
  }

  get content(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  set content(bytes: Buffer) {
    this.#room = bytes;
    this.#length = bytes.length;
  }

  get text(): string {
    return this.content.toString();
  }

  /** All lines but the checksums. */
  get lines(): string[] {
    const lines = this.text.split("\n").slice(0, -1);
    return lines.filter((line) => !line.startsWith('{"type":"checksum"'));
  }

  async write(bytes: Buffer, position: number): Promise<number> {
    await (this.stall ?? Promise.resolve());
    this.writes++;
    fail(this.writeError);
    const at = this.canSeek ? position : this.content.length;
    const room = Math.min(bytes.length, this.longest, this.capacity - at);
    if (room <= 0) fail("ENOSPC");
    this.#put(bytes.subarray(0, room), at);
    return room;
  }

  writeNow(bytes: Buffer, position: number): void {
    fail(this.writeError);
    this.#put(bytes, this.canSeek ? position : this.content.length);
  }

  async truncate(length: number): Promise<void> {
    fail(this.truncateError);
    this.#length = Math.min(this.#length, length);
  }

  async sync(): Promise<void> {
    this.syncs++;
    fail(this.syncError);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  #put(bytes: Buffer, at: number): void {
    const length = Math.max(this.#length, at + bytes.length);
    if (length > this.#room.length) {
      const grown = Buffer.alloc(2 * length);
      this.content.copy(grown);
      this.#room = grown;
    }
    this.#room.fill(0, this.#length, Math.max(at, this.#length));
    bytes.copy(this.#room, at);
    this.#length = length;
  }
}

function fail(code: string | null): void {
  if (code !== null) throw Object.assign(new Error(`${code}: injected`), { code });
}

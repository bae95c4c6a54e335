import { EventLog } from "../engine/EventLog.ts"
import { StateHash } from "../engine/StateHash.ts"

/** What happened in a world: a line per effect, with names and offsets, and a hash that is chained from line to line. */
export class Trace {
  private readonly log: EventLog
  private readonly chain = new StateHash()

  /** `sink` is given the text in large chunks; left out, only the hash is kept. */
  constructor(sink: (chunk: string) => void = () => undefined) {
    this.log = new EventLog(sink)
  }

  get lines(): number {
    return this.log.lines
  }

  /** Sixteen hexadecimal digits for everything so far. */
  get hash(): string {
    return this.chain.digest()
  }

  note(elapsedMs: number, kind: string, ...names: ReadonlyArray<string | number>): void {
    this.log.write(elapsedMs, kind, ...names)
    this.chain.integer(elapsedMs)
    this.chain.text(kind)
    for (const name of names) this.chain.text(String(name))
  }

  /** Hands on the lines that are held back. */
  flush(): void {
    this.log.flush()
  }
}

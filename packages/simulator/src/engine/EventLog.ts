const CHUNK_CHARACTERS = 1 << 16

/**
 * The events of a run as text: one line each, `time kind name...`, names and never ids, so that two runs compare with `diff`.
 *
 * Lines are handed on in large chunks, so a log of any length needs little memory.
 */
export class EventLog {
  /** Lines written so far. */
  lines = 0
  private readonly sink: (chunk: string) => void
  private held = ""

  constructor(sink: (chunk: string) => void) {
    this.sink = sink
  }

  /** Writes one event. Blanks and line ends in a name are escaped, so a line stays one event. */
  write(time: number, kind: string, ...names: ReadonlyArray<string | number>): void {
    let line = `${time} ${kind}`
    for (const name of names) line += ` ${typeof name === "number" ? name : escaped(name)}`
    this.held += `${line}\n`
    this.lines += 1
    if (this.held.length >= CHUNK_CHARACTERS) this.flush()
  }

  /** Hands on what is held back. */
  flush(): void {
    if (this.held === "") return
    this.sink(this.held)
    this.held = ""
  }
}

const escaped = (name: string): string =>
  name === "" ? "-" : name.replace(/[\s%]/g, (found) => `%${found.charCodeAt(0).toString(16).padStart(2, "0")}`)

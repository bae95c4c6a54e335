/** How far back a late read may look, at most. */
export const lookBackMsMax = 60_000

/** What a thing was like, for reads that lag behind. */
export class History<A> {
  private readonly entries: Array<{ readonly sinceMs: number; readonly value: A }> = []

  record(sinceMs: number, value: A): void {
    if (this.entries.at(-1)?.sinceMs === sinceMs) this.entries.pop()
    this.entries.push({ sinceMs, value })
    while ((this.entries[1]?.sinceMs ?? Number.POSITIVE_INFINITY) < sinceMs - lookBackMsMax) this.entries.shift()
  }

  /** What it was then; nothing where it was not there yet. */
  at(atMs: number): A | undefined {
    for (let index = this.entries.length - 1; index >= 0; index--) {
      const entry = this.entries[index]
      if (entry !== undefined && entry.sinceMs <= atMs) return entry.value
    }
    return undefined
  }
}

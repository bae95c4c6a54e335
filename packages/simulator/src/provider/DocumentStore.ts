/** A document with the version a conditional write must name. */
export interface Versioned {
  readonly key: string
  readonly body: string
  readonly version: string
}

/** Documents kept at the backend. A write names the version it replaces, or that there is none. */
export class DocumentStore {
  private readonly documents = new Map<string, Versioned>()
  /** What was listed since the last change, by prefix. */
  private readonly listed = new Map<string, ReadonlyArray<Versioned>>()
  private writes = 0

  read(key: string): Versioned | undefined {
    return this.documents.get(key)
  }

  /** Those whose keys begin so, by key. */
  list(prefix: string): ReadonlyArray<Versioned> {
    const known = this.listed.get(prefix)
    if (known !== undefined) return known
    const found = [...this.documents.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    this.listed.set(prefix, found)
    return found
  }

  /** The document as written, or nothing where `expected` is not its version. */
  write(key: string, body: string, expected: string | undefined): Versioned | undefined {
    if (this.documents.get(key)?.version !== expected) return undefined
    this.writes += 1
    const written = { key, body, version: `v${this.writes}` }
    this.documents.set(key, written)
    this.listed.clear()
    return written
  }

  /** Whether there was one. */
  remove(key: string): boolean {
    this.listed.clear()
    return this.documents.delete(key)
  }
}

/** A row that is not there yet, and why. */
export interface Later {
  readonly what: string
  readonly why: string
}

/** Says of a row why it comes later. */
export const later = (what: string, why: string): Later => ({ what, why })

/** What people know from one family of systems, row by row; a row's id is the prefix and its place, counted from one. */
export interface Source {
  readonly prefix: string
  readonly title: string
  readonly rows: ReadonlyArray<string | Later>
}

/** One row with its id, and why it comes later, if it does. */
export interface Feature {
  readonly id: string
  readonly what: string
  readonly later?: string
}

/** The rows of a source with their ids. */
export const featuresOf = ({ prefix, rows }: Source): ReadonlyArray<Feature> =>
  rows.map((row, index) => {
    const id = `${prefix}${index + 1}`
    return typeof row === "string" ? { id, what: row } : { id, what: row.what, later: row.why }
  })

/** What people know from one family of systems, row by row; a row's id is the prefix and its place, counted from one. */
export interface Source {
  readonly prefix: string
  readonly title: string
  readonly rows: ReadonlyArray<string>
}

/** One row with its id. */
export interface Feature {
  readonly id: string
  readonly what: string
}

/** The rows of a source with their ids. */
export const featuresOf = ({ prefix, rows }: Source): ReadonlyArray<Feature> =>
  rows.map((what, index) => ({ id: `${prefix}${index + 1}`, what }))

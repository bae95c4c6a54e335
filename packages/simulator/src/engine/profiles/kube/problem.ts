/** Something wrong in an input document: where it is, what it is, and what to do about it. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly path: string
  readonly message: string
  readonly remedy: string
}

/** A text to read, with the name people know it by. */
export interface Source {
  readonly file: string
  readonly text: string
}

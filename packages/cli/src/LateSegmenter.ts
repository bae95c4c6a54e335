/**
 * What `Intl.Segmenter` is, made when it is first asked: its tables take 10 ms to load, the library of the command line
 * makes one as it is loaded, and no run of ours asks it. The bundle has this one in its place.
 */
export class LateSegmenter {
  readonly #options: ConstructorParameters<typeof Intl.Segmenter>
  #made: Intl.Segmenter | undefined

  constructor(...options: ConstructorParameters<typeof Intl.Segmenter>) {
    this.#options = options
  }

  /** The text in pieces. */
  segment(text: string): Intl.Segments {
    const { Segmenter } = Intl
    this.#made ??= new Segmenter(...this.#options)
    return this.#made.segment(text)
  }
}

import type { Problem, Source } from "../problem.ts"
import { locate } from "./documents.ts"
import type { At, Fault } from "./shape.ts"

/** Where an object stands: its source, the number of its document, and its path in there. */
export interface Place {
  readonly source: Source
  readonly index: number
  readonly path: ReadonlyArray<string | number>
  readonly value: Readonly<Record<string, unknown>>
}

/** All that is found wrong with objects, to be told with lines once everything is read. */
export class Faults {
  readonly #found: Array<{ readonly place: Place; readonly faults: Array<Fault> }> = []
  readonly #ignoreUnknown: boolean

  constructor(ignoreUnknown: boolean) {
    this.#ignoreUnknown = ignoreUnknown
  }

  /** A place to report faults at. */
  at(place: Place, ...more: ReadonlyArray<string | number>): At {
    const faults: Array<Fault> = []
    this.#found.push({ place, faults })
    return { path: [...place.path, ...more], faults, ignoreUnknown: this.#ignoreUnknown }
  }

  /** Every fault with its line. */
  problems(): ReadonlyArray<Problem> {
    const found = this.#found.filter(({ faults }) => faults.length > 0)
    return [...new Set(found.map(({ place }) => place.source))].flatMap((source) =>
      locate(
        source,
        found
          .filter(({ place }) => place.source === source)
          .flatMap(({ place, faults }) => faults.map((one) => ({ ...one, index: place.index })))
      )
    )
  }
}

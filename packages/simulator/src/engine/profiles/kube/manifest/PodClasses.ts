import type { PodClass } from "../model.ts"

const asKey = (_: string, value: unknown): unknown => (value instanceof Map ? [...value].sort() : value)

/** Gives equal pod classes one object and one small number. */
export class PodClasses {
  readonly all: Array<PodClass> = []
  readonly #byKey = new Map<string, PodClass>()

  /** The one class equal to this. */
  intern(draft: Omit<PodClass, "id">): PodClass {
    const key = JSON.stringify(draft, asKey)
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const added: PodClass = { id: this.all.length, ...draft }
    this.#byKey.set(key, added)
    this.all.push(added)
    return added
  }
}

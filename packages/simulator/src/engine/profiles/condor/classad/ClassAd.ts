import type { Expression } from "./Expression.ts"
import { parse } from "./parse.ts"
import { fold, type Value } from "./Value.ts"

/** A set of named expressions, in the order they were given. Names are the same whatever their case. */
export class ClassAd {
  readonly #attributes: Map<string, { readonly name: string; readonly expression: Expression }>

  constructor(attributes: Iterable<readonly [string, Expression]> = []) {
    this.#attributes = new Map()
    for (const [name, expression] of attributes) this.#attributes.set(fold(name), { name, expression })
  }

  /** The expression behind a name. */
  lookup(name: string): Expression | undefined {
    return this.#attributes.get(fold(name))?.expression
  }

  /** All attributes with their names as given. */
  *entries(): Iterable<readonly [string, Expression]> {
    for (const { name, expression } of this.#attributes.values()) yield [name, expression]
  }

  /** The same ad with some attributes set to plain values; undefined takes an attribute away. */
  with(changes: Readonly<Record<string, Value>>): ClassAd {
    const changed = new ClassAd(this.entries())
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) changed.#attributes.delete(fold(name))
      else changed.#attributes.set(fold(name), { name, expression: { kind: "literal", value } })
    }
    return changed
  }
}

const line = /^\s*([A-Za-z_][A-Za-z0-9_.]*)\s*=(.*)$/s

/** Reads an ad in the long form of the HTCondor tools: one `Name = expression` a line. */
export const parseAd = (text: string): ClassAd => {
  const attributes: Array<readonly [string, Expression]> = []
  for (const source of text.split("\n")) {
    if (source.trim() === "") continue
    const found = line.exec(source)
    if (found === null) throw new SyntaxError(`ClassAd: not a line of an ad: ${source}`)
    attributes.push([found[1] as string, parse(found[2] as string)])
  }
  return new ClassAd(attributes)
}

/** An ad from expression sources by name, such as `{ Cpus: "4", Rank: "TARGET.Memory" }`. */
export const adOf = (sources: Readonly<Record<string, string>>): ClassAd =>
  new ClassAd(Object.entries(sources).map(([name, source]) => [name, parse(source)] as const))

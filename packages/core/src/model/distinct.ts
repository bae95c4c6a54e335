import { Schema } from "effect"

interface Named {
  readonly name: string
  readonly namespace?: string
}

/** No two things of a list have one name; in two namespaces they may. */
export const distinct = (what: string) =>
  Schema.makeFilter((things: ReadonlyArray<Named>) => {
    const seen = new Set<string>()
    return things.flatMap(({ name, namespace }, index) => {
      const key = JSON.stringify([namespace, name])
      if (seen.has(key))
        return [{ path: [index, "name"], issue: `another ${what} is named ${JSON.stringify(name)} already` }]
      seen.add(key)
      return []
    })
  })

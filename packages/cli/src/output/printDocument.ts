import { Console, Effect } from "effect"

/** The YAML library is loaded when it is first needed, because most runs never need it. */
const yaml = Effect.promise(() => import("yaml"))

/** Prints plain data as YAML, each piece of it as a document of its own. */
export const printYaml = (documents: ReadonlyArray<unknown>): Effect.Effect<void> =>
  Effect.flatMap(yaml, ({ stringify }) =>
    Console.log(
      documents.map((document) => stringify(document, { aliasDuplicateObjects: false }).trimEnd()).join("\n---\n")
    )
  )

/** Prints plain data as JSON. */
export const printJson = (document: unknown): Effect.Effect<void> => Console.log(JSON.stringify(document, null, 2))

import { Result, Schema, type SchemaAST, SchemaIssue } from "effect"
import type { Problem } from "../Problem.ts"
import { fits, inWords, knownKeys, wordsOf, wrongWord } from "./choice.ts"
import { excerpt, plain } from "./excerpt.ts"
import { keyOf, locate } from "./locate.ts"
import { nearest } from "./nearest.ts"
import { allowedBy, type Field, literalsOf, shapeOf } from "./Shape.ts"
import type { Entry, Located, Position } from "./Source.ts"

/** Stands for what could not be read; its problem has been named already. */
const unreadable = Symbol("unreadable")

const flatten = SchemaIssue.makeFormatterStandardSchemaV1()

/** A step of a path as files show it: `.min_size` or `[2]`. */
const step = (path: string, key: string | number): string =>
  typeof key === "number" ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`

const quoted = (words: ReadonlyArray<string>): string => words.join(", ")

/**
 * Reads located values by a schema and names everything that is wrong, each with its place.
 * A struct with a wrong field goes on as the rest of it, so that its other rules are still judged: a rule that looks at
 * the wrong field is left out, any other one counts.
 */
export class FileReader {
  readonly problems: Array<Problem> = []
  readonly #file: string
  /** Whether the rule that is being judged looked at something unreadable. */
  #looked = false

  constructor(file: string) {
    this.#file = file
  }

  /** Reads one document; what comes back may be used only if there are no problems. */
  read(ast: SchemaAST.AST, node: Located): unknown {
    return this.#read(ast, node, "")
  }

  #complain(at: Position, path: string, message: string, remedy?: string): typeof unreadable {
    this.problems.push({
      path,
      message,
      ...(remedy === undefined ? {} : { remedy }),
      file: this.#file,
      line: at.line,
      column: at.column
    })
    return unreadable
  }

  #read(ast: SchemaAST.AST, node: Located, path: string): unknown {
    const shape = shapeOf(ast)
    switch (shape.kind) {
      case "anything":
        return plain(node)
      case "scalar":
        return this.#scalar(ast, node, path, shape.takesText)
      case "choice":
        return this.#choice(shape.members, node, path)
      case "list":
        return node.kind === "list"
          ? this.#judged(ast, node, path, this.#list(shape.item, node.items, path))
          : this.#complain(node.at, path, `found ${excerpt(node)}, allowed: a list`)
      case "record":
        return node.kind === "map"
          ? this.#judged(ast, node, path, this.#record(shape.key, shape.value, node.entries, path))
          : this.#complain(node.at, path, `found ${excerpt(node)}, allowed: a map`)
      case "struct":
        if (node.kind === "map") return this.#judged(ast, node, path, this.#struct(shape.fields, node, path))
        if (node.kind === "scalar" && node.value === null)
          return this.#judged(ast, node, path, this.#struct(shape.fields, { ...node, kind: "map", entries: [] }, path))
        return this.#complain(
          node.at,
          path,
          `found ${excerpt(node)}, allowed: a map with ${quoted(shape.fields.map(({ key }) => key))}`
        )
    }
  }

  #scalar(ast: SchemaAST.AST, node: Located, path: string, takesText: boolean): unknown {
    const value = node.kind === "scalar" && takesText && node.value !== null ? node.text : plain(node)
    const result = Schema.decodeUnknownResult(Schema.make<Schema.Codec<unknown>>(ast), { errors: "all" })(value)
    if (Result.isSuccess(result)) return result.success
    const allowed = allowedBy(ast)
    const told = flatten(result.failure.issue).issues.map(({ message }) => message)
    const own = told.find((message) => !message.startsWith("Expected "))
    const meant = node.kind === "scalar" ? nearest(node.text, literalsOf(ast)) : undefined
    return this.#complain(
      node.at,
      path,
      `${own ?? `found ${excerpt(node)}`}, allowed: ${allowed}`,
      meant === undefined ? undefined : `did you mean ${JSON.stringify(meant)}?`
    )
  }

  #list(item: SchemaAST.AST, items: ReadonlyArray<Located>, path: string): ReadonlyArray<unknown> {
    const values: Array<unknown> = []
    items.forEach((node, index) => {
      this.#put(values, index, this.#read(item, node, step(path, index)))
    })
    return values
  }

  #record(key: SchemaAST.AST, value: SchemaAST.AST, entries: ReadonlyArray<Entry>, path: string): object {
    const values: Record<string, unknown> = {}
    this.#refuseRepeats(entries, path)
    for (const entry of entries) {
      const at = step(path, entry.key)
      const named = this.#scalar(
        key,
        { kind: "scalar", text: entry.key, value: entry.key, at: entry.at, size: 1 },
        at,
        true
      )
      if (named !== unreadable) this.#put(values, entry.key, this.#read(value, entry.value, at))
    }
    return values
  }

  #struct(fields: ReadonlyArray<Field>, node: Located & { readonly kind: "map" }, path: string): object {
    const value: Record<string, unknown> = {}
    const misspelt = this.#refuseUnknown(fields, node.entries, path)
    for (const field of fields) {
      const entries = node.entries.filter(({ key }) => key === field.key || key === field.name || key === field.one)
      const meant = [field.key, field.one].some((key) => key !== undefined && misspelt.includes(key))
      const read = entries.length === 0 && meant ? unreadable : this.#field(field, entries, node, path)
      if (read !== undefined) this.#put(value, field.name, read)
    }
    return value
  }

  /** Names the keys that no field has, and gives back the keys that were probably meant. */
  #refuseUnknown(fields: ReadonlyArray<Field>, entries: ReadonlyArray<Entry>, path: string): ReadonlyArray<string> {
    const keys = fields.map(({ key }) => key)
    const ones = fields.flatMap(({ one }) => one ?? [])
    const known = new Set([...keys, ...ones, ...fields.map(({ name }) => name)])
    return entries.flatMap(({ at, key }) => {
      if (known.has(key)) return []
      const meant = nearest(key, [...keys, ...ones])
      this.#complain(
        at,
        step(path, key),
        `unknown key ${JSON.stringify(key.slice(0, 64))}, allowed: ${quoted(keys)}`,
        meant === undefined ? undefined : `did you mean ${JSON.stringify(meant)}?`
      )
      return meant ?? []
    })
  }

  #field(field: Field, entries: ReadonlyArray<Entry>, node: Located, path: string): unknown {
    const [first, second] = entries
    if (second !== undefined) this.#repeated(second, first, path)
    const at = step(path, field.key)
    if (first === undefined || (isNothing(first.value) && !field.required && field.byDefault === undefined))
      return field.required
        ? this.#complain(
            node.at,
            at,
            `${JSON.stringify(field.key)} is missing, allowed: ${allowedBy(field.ast)}`,
            `add ${field.one ?? field.key}`
          )
        : field.byDefault
    if (isNothing(first.value) && !field.required) return field.byDefault
    const single = first.key === field.one && first.key !== field.key
    return single
      ? this.#read(
          field.ast,
          { kind: "list", items: [first.value], at: first.value.at, size: 1 },
          step(path, first.key)
        )
      : this.#read(field.ast, first.value, at)
  }

  #refuseRepeats(entries: ReadonlyArray<Entry>, path: string): void {
    const seen = new Map<string, Entry>()
    for (const entry of entries) {
      const before = seen.get(entry.key)
      if (before === undefined) seen.set(entry.key, entry)
      else this.#repeated(entry, before, path)
    }
  }

  #repeated({ at, key }: Entry, before: Entry | undefined, path: string): void {
    const where = before === undefined ? "" : ` as ${JSON.stringify(before.key)} on line ${before.at.line}`
    this.#complain(at, step(path, key), `${JSON.stringify(key)} is given already${where}`, "remove one of the two")
  }

  /** The member that a person most probably meant: of the right kind, with the right words in it, knowing most of the keys. */
  #choice(members: ReadonlyArray<SchemaAST.AST>, node: Located, path: string): unknown {
    const fitting = members.filter((member) => fits(member, node))
    if (fitting.length === 0)
      return this.#complain(node.at, path, `found ${excerpt(node)}, allowed: ${quoted(members.map(inWords))}`)
    const candidates = fitting.filter((member) => wrongWord(member, node) === undefined)
    const [wrong] = fitting.flatMap((member) => wrongWord(member, node) ?? [])
    if (candidates.length === 0 && wrong !== undefined) {
      const words = fitting.flatMap((member) => wordsOf(member, wrong.field.name))
      const meant = wrong.entry === undefined ? undefined : nearest(excerpt(wrong.entry.value), words)
      return this.#complain(
        wrong.entry?.value.at ?? node.at,
        step(path, wrong.field.key),
        wrong.entry === undefined
          ? `${JSON.stringify(wrong.field.key)} is missing, allowed: ${quoted(words)}`
          : `found ${excerpt(wrong.entry.value)}, allowed: ${quoted(words)}`,
        meant === undefined ? undefined : `did you mean ${JSON.stringify(meant)}?`
      )
    }
    const best = candidates.reduce((a, b) => (knownKeys(b, node) > knownKeys(a, node) ? b : a))
    return this.#read(best, node, path)
  }

  /** Puts a value where it belongs; an unreadable one notes when it is looked at. */
  #put(target: object, key: string | number, value: unknown): void {
    Object.defineProperty(
      target,
      key,
      value === unreadable
        ? {
            enumerable: true,
            configurable: true,
            get: () => {
              this.#looked = true
              return undefined
            }
          }
        : { enumerable: true, configurable: true, writable: true, value }
    )
  }

  /** Judges a value by its schema's own rules. */
  #judged(ast: SchemaAST.AST, node: Located, path: string, value: unknown): unknown {
    for (const check of ast.checks ?? []) this.#judge(check, ast, node, path, value)
    return value
  }

  #judge(check: SchemaAST.Check<unknown>, ast: SchemaAST.AST, node: Located, path: string, value: unknown): void {
    if (check._tag === "FilterGroup") {
      for (const part of check.checks) this.#judge(part, ast, node, path, value)
      return
    }
    this.#looked = false
    const outcome = Result.try(() => {
      const issue = check.run(value, ast, { errors: "all" })
      return issue === undefined ? [] : flatten(issue).issues
    })
    if (this.#looked) return
    for (const { message, path: inner } of Result.getOrThrow(outcome)) {
      const found = locate(ast, node, (inner ?? []).map(keyOf))
      const expected = check.annotations?.expected
      this.#complain(
        found.at,
        found.steps.reduce(step, path),
        typeof expected === "string" ? `found ${excerpt(node)}, allowed: ${expected}` : message
      )
    }
  }
}

const isNothing = (node: Located): boolean => node.kind === "scalar" && node.value === null

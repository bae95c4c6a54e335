import {
  Composer,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  Parser,
  visit,
  type YAMLMap,
  type Document as YamlDocument
} from "yaml"
import type { Problem, Source } from "../problem.ts"
import { jsonFault } from "./jsonFault.ts"
import type { Fault } from "./shape.ts"

/** One document of a source, and the way to find where something in it stands. */
export interface Document {
  readonly file: string
  readonly index: number
  readonly value: unknown
}

/** Bounds on what a document says, so that a hostile one costs no more than a long one. */
const aliasedMax = 10_000

/** The documents of a stream one after the other: a cluster's worth of them need not be in memory at once as syntax trees. */
const parseYaml = (text: string, lines: LineCounter): Generator<YamlDocument.Parsed> =>
  new Composer({ uniqueKeys: false, merge: true }).compose(new Parser(lines.addNewLine).parse(text))

const parseJson = (text: string): { readonly value: unknown } | undefined => {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

interface Wrong {
  readonly offset: number
  readonly message: string
  readonly remedy: string
}

const syntaxRemedy = "Correct the syntax of the document."
const repeated = (key: string, offset: number): Wrong => ({
  offset,
  message: `the key ${JSON.stringify(key)} is given twice`,
  remedy: "Remove one of the two."
})

/** How the YAML library reports that it ran out of stack. */
const isTooDeep = (message: string): boolean => message.startsWith("Maximum call stack")
const tooDeep = (offset: number): Wrong => ({
  offset,
  message: "this is nested too deep to be read",
  remedy: "Write it flatter; no Kubernetes object is nested so deep."
})

/** The YAML library looks for repeated keys itself, but takes the square of their number for it. */
const repeatedYamlKeys = (document: YamlDocument.Parsed): ReadonlyArray<Wrong> => {
  const found: Array<Wrong> = []
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) found.push(repeated(String(key.value), key.range?.[0] ?? 0))
        seen.add(key.value)
      }
    }
  })
  return found
}

/** What one document says, or what is wrong with its syntax. */
const readDocument = (
  document: YamlDocument.Parsed
): { readonly value: unknown } | { readonly wrong: ReadonlyArray<Wrong> } => {
  const { errors, range } = document
  const deep = errors.find(({ message }) => isTooDeep(message))
  if (deep !== undefined) return { wrong: [tooDeep(deep.pos[0])] }
  if (errors.length > 0)
    return {
      wrong: errors.map(({ message, pos }) => ({
        offset: pos[0],
        message: message.split("\n")[0] ?? message,
        remedy: syntaxRemedy
      }))
    }
  const twice = repeatedYamlKeys(document)
  if (twice.length > 0) return { wrong: twice }
  try {
    return { value: document.toJS({ maxAliasCount: aliasedMax }) }
  } catch (fault) {
    const offset = document.contents?.range[0] ?? range[0]
    const message = `what its aliases stand for cannot be written out: ${fault instanceof Error ? fault.message : fault}`
    return { wrong: [{ offset, message, remedy: "Write out what the aliases stand for." }] }
  }
}

/** Reads the documents of a source; faults of the syntax become problems. */
export const readDocuments = ({ file, text }: Source, problems: Array<Problem>): ReadonlyArray<Document> => {
  const json = parseJson(text)
  const lines = new LineCounter()
  const complain = ({ message, offset, remedy }: Wrong, line = lines.linePos(offset).line): void => {
    problems.push({ file, line: Math.max(1, line), path: "", message, remedy })
  }
  if (json !== undefined) {
    const fault = jsonFault(text)
    if (fault === undefined) return [{ file, index: 0, value: json.value }]
    const { key, offset } = fault
    complain(key === undefined ? tooDeep(offset) : repeated(key, offset), text.slice(0, offset).split("\n").length)
    return []
  }
  const documents: Array<Document> = []
  let index = 0
  for (const document of parseYaml(text, lines)) {
    const read = readDocument(document)
    if ("wrong" in read) for (const wrong of read.wrong) complain(wrong)
    else if (read.value !== null && read.value !== undefined) documents.push({ file, index, value: read.value })
    index += 1
  }
  return documents
}

const pathText = (path: ReadonlyArray<string | number>): string =>
  path.map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`)).join("")

/** Finds the pair of a key in a map; remembers where they are, as a map may have very many that are wrong. */
const pairFinder = () => {
  const known = new Map<YAMLMap, ReadonlyMap<string, Pair>>()
  return (map: YAMLMap, key: string): Pair | undefined => {
    const pairs =
      known.get(map) ?? new Map(map.items.map((one) => [isScalar(one.key) ? String(one.key.value) : "", one]))
    known.set(map, pairs)
    return pairs.get(key)
  }
}

/** Finds the lines of faults; only now are positions needed, so only now is the text read again with them. */
export const locate = (source: Source, faults: ReadonlyArray<Fault & { readonly index: number }>): Array<Problem> => {
  if (faults.length === 0) return []
  const lines = new LineCounter()
  const faulty = new Set(faults.map(({ index }) => index))
  const contents = new Map<number, unknown>()
  let number = 0
  for (const document of parseYaml(source.text, lines)) {
    if (faulty.has(number)) contents.set(number, document.contents)
    number += 1
  }
  const pairIn = pairFinder()
  return faults.map(({ path, message, remedy, index }) => {
    let at = contents.get(index)
    let offset = 0
    for (const step of path) {
      if (isMap(at)) {
        const pair = pairIn(at, String(step))
        if (pair === undefined) break
        offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset
        at = pair.value
      } else if (isSeq(at) && typeof step === "number") {
        at = at.items[step]
        offset = (at as { readonly range?: readonly [number, number, number] } | undefined)?.range?.[0] ?? offset
      }
    }
    return { file: source.file, line: Math.max(1, lines.linePos(offset).line), path: pathText(path), message, remedy }
  })
}

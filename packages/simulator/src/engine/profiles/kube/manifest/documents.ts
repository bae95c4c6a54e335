import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml"
import type { Problem, Source } from "../problem.ts"
import type { Fault } from "./shape.ts"

/** One document of a source, and the way to find where something in it stands. */
export interface Document {
  readonly file: string
  readonly index: number
  readonly value: unknown
}

const parseYaml = (source: Source) => {
  const lines = new LineCounter()
  const documents = parseAllDocuments(source.text, { lineCounter: lines, uniqueKeys: true, merge: true })
  return { lines, documents: Array.isArray(documents) ? documents : [] }
}

const parseJson = (text: string): { readonly value: unknown } | undefined => {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** Reads the documents of a source; faults of the syntax become problems. */
export const readDocuments = (source: Source, problems: Array<Problem>): ReadonlyArray<Document> => {
  const json = parseJson(source.text)
  if (json !== undefined) return [{ file: source.file, index: 0, value: json.value }]
  const { documents } = parseYaml(source)
  return documents.flatMap((document, index) => {
    for (const error of document.errors) {
      problems.push({
        file: source.file,
        line: error.linePos?.[0].line ?? 1,
        path: "",
        message: error.message.split("\n")[0] ?? error.code,
        remedy: "Correct the syntax of the document."
      })
    }
    if (document.errors.length > 0) return []
    const value: unknown = document.toJS({ maxAliasCount: 10000 })
    return value === null || value === undefined ? [] : [{ file: source.file, index, value }]
  })
}

const pathText = (path: ReadonlyArray<string | number>): string =>
  path.map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`)).join("")

/** Finds the lines of faults; only now are positions needed, so only now is the text read again with them. */
export const locate = (source: Source, faults: ReadonlyArray<Fault & { readonly index: number }>): Array<Problem> => {
  if (faults.length === 0) return []
  const { documents, lines } = parseYaml(source)
  return faults.map(({ path, message, remedy, index }) => {
    let at: unknown = documents[index]?.contents
    let offset = 0
    for (const step of path) {
      if (isMap(at)) {
        const pair = at.items.find((one) => isScalar(one.key) && String(one.key.value) === String(step))
        if (pair === undefined) break
        offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset
        at = pair.value
      } else if (isSeq(at) && typeof step === "number") {
        at = at.items[step]
        offset = (at as { readonly range?: readonly [number, number, number] } | undefined)?.range?.[0] ?? offset
      }
    }
    return { file: source.file, line: lines.linePos(offset).line, path: pathText(path), message, remedy }
  })
}

import { type Fault, list, record, text } from "./manifest/shape.ts"
import type { Followed } from "./place.ts"
import type { Problem, Source } from "./problem.ts"

const followedShape = record({ pod: text, node: text, victims: list(text) }, { required: ["pod"] })

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Reads lines of choices made elsewhere. */
export const readFollowed = (source: Source, problems: Array<Problem>): ReadonlyArray<Followed> =>
  source.text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return []
    const faults: Array<Fault> = []
    const read = followedShape(parse(line), { path: [], faults, ignoreUnknown: true })
    for (const { path, message, remedy } of faults)
      problems.push({ file: source.file, line: index + 1, path: path.join("."), message, remedy })
    return read === undefined ? [] : [{ pod: read.pod, node: read.node ?? null, victims: read.victims }]
  })

import { readdirSync, readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { placeManifests } from "../../../src/engine/profiles/kube/index.ts"

interface Recorded {
  readonly objects: ReadonlyArray<unknown>
  readonly results: ReadonlyArray<{
    readonly pod: string
    readonly node: string | null
    readonly message?: string
    readonly victims?: ReadonlyArray<string>
    readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>
  }>
}

const folder = new URL("../../../data/kube-recorded/", import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith(".json.gz"))

describe("runs recorded from the real kube-scheduler", () => {
  test.each(files)("%s: nodes, scores, words and victims are the same", (name) => {
    const recorded = JSON.parse(gunzipSync(readFileSync(new URL(name, folder))).toString()) as Recorded
    const follow = recorded.results.map(({ pod, node, victims }) => JSON.stringify({ pod, node, victims })).join("\n")
    const { placements, problems } = placeManifests(
      [{ file: name, text: JSON.stringify({ kind: "List", items: recorded.objects }) }],
      { follow: { file: "results", text: follow } }
    )
    expect(problems).toEqual([])
    const ours = placements?.map(({ pod, node, differs, scores, message }, index) => ({
      pod,
      node,
      differs,
      scores,
      // A pod that made room for itself lost its message when it was bound a moment later, unless it was caught in between.
      message: recorded.results[index]?.message === undefined && node !== null ? undefined : message
    }))
    const real = recorded.results.map(({ pod, node, scores, message }) => ({
      pod,
      node,
      differs: undefined,
      scores,
      message
    }))
    expect(ours).toEqual(real)
  })

  test("there are recordings", () => expect(files.length).toBe(12))
})

import { readdirSync, readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import {
  type Followed,
  followPod,
  type Problem,
  podKey,
  Reader,
  readConfiguration,
  Scheduler,
  World
} from "../../../src/engine/profiles/kube/index.ts"

interface Played {
  readonly configuration: string
  /** Where the first search began. */
  readonly start: number
  readonly objects: ReadonlyArray<unknown>
  readonly results: ReadonlyArray<
    Followed & { readonly message: string; readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>> }
  >
}

const folder = new URL("../../../data/kube-recorded/profiles/", import.meta.url)
const files = readdirSync(folder)

describe("runs of the real kube-scheduler with several profiles, recorded by tools/fidelity/kube.ts", () => {
  test.each(files)("%s: nodes, scores, words and victims are the same", (name) => {
    const played = JSON.parse(gunzipSync(readFileSync(new URL(name, folder))).toString()) as Played
    const reader = new Reader({})
    reader.add({ file: name, text: JSON.stringify({ kind: "List", items: played.objects }) })
    const world = new World(reader.finish())
    const problems: Array<Problem> = [...reader.problems]
    const profiles = readConfiguration({ file: "configuration", text: played.configuration }, problems)
    expect(problems).toEqual([])
    const scheduler = new Scheduler(world, profiles, { kind: "first" }, played.start)
    const ids = new Map(world.pods.map((pod, id) => [podKey(pod), id]))
    for (const real of played.results) {
      const ours = followPod(scheduler, ids, real)
      expect(ours.differs, real.pod).toBeUndefined()
      expect(ours.scores, real.pod).toEqual(real.scores)
      if (real.node === null) expect(ours.message, real.pod).toBe(real.message)
    }
  })

  test("there are recordings", () => expect(files.length).toBeGreaterThan(5))
})

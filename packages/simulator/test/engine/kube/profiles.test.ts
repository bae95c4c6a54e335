import { readdirSync, readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import {
  type Followed,
  followPod,
  type KubeNode,
  type KubeObjects,
  type KubePod,
  type Problem,
  podKey,
  Reader,
  readConfiguration,
  Scheduler,
  World
} from "../../../src/engine/profiles/kube/index.ts"

type Step = Followed & {
  /** It made room and then left without taking it. */
  readonly isForgotten?: boolean
  readonly startTimeMs?: number
  readonly message: string
  readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** A node that came, became like this, or went. */
type Change = { readonly setNode: unknown } | { readonly removeNode: string }

interface Played {
  readonly configuration: string
  /** Where the first search began. */
  readonly start: number
  readonly objects: ReadonlyArray<unknown>
  readonly results: ReadonlyArray<Step | Change>
}

const read = (items: ReadonlyArray<unknown>): KubeObjects => {
  const reader = new Reader({})
  reader.add({ file: "cluster", text: JSON.stringify({ kind: "List", items }) })
  const objects = reader.finish()
  expect(reader.problems).toEqual([])
  return objects
}

const change = (world: World, one: Change): void => {
  if ("removeNode" in one) {
    world.removeNode(world.nodeIndex.get(one.removeNode) as number)
    return
  }
  const node = read([one.setNode]).nodes[0] as KubeNode
  const index = world.nodeIndex.get(node.name)
  if (index === undefined) world.addNode(node)
  else world.updateNode(index, node)
}

const folder = new URL("../../../data/kube-recorded/profiles/", import.meta.url)
const files = readdirSync(folder)

describe("runs of the real kube-scheduler with several profiles, recorded by tools/fidelity/kube.ts", () => {
  test.each(files)("%s: nodes, scores, words and victims are the same", (name) => {
    const played = JSON.parse(gunzipSync(readFileSync(new URL(name, folder))).toString()) as Played
    const world = new World(read(played.objects))
    const problems: Array<Problem> = []
    const profiles = readConfiguration({ file: "configuration", text: played.configuration }, problems)
    expect(problems).toEqual([])
    const scheduler = new Scheduler(world, profiles, { kind: "first" }, played.start)
    const ids = new Map(world.pods.map((pod, id) => [podKey(pod), id]))
    for (const real of played.results) {
      if (!("pod" in real)) {
        change(world, real)
        continue
      }
      const ours = followPod(scheduler, ids, real)
      expect(ours.differs, real.pod).toBeUndefined()
      expect(ours.scores, real.pod).toEqual(real.scores)
      if (real.node === null) expect(ours.message, real.pod).toBe(real.message)
      const id = ids.get(real.pod) as number
      if (real.isForgotten === true) world.remove(id)
      world.pods[id] = { ...(world.pods[id] as KubePod), startTimeMs: real.startTimeMs }
    }
  })

  test("there are recordings", () => expect(files.length).toBeGreaterThan(5))
})

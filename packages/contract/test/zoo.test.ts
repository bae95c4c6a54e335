import { type Feature, features } from "@orrery/core"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { gapRules, neverCalled } from "../src/Gap.ts"
import { type Backend, suite } from "../src/index.ts"
import type { Broken } from "./broken/Broken.ts"
import { clusterZoo } from "./broken/clusters.ts"
import { deploymentZoo } from "./broken/deployments.ts"
import { jobZoo } from "./broken/jobs.ts"
import { breaksOnce, unsteadyClusters, unsteadyContainers, unsteadyJobs, watchZoo } from "./broken/unsteady.ts"
import { inVirtualTime, memory } from "./memory/memory.ts"

const withoutIds = (title: string): string => title.replace(/ \[[^\]]*\]$/, "")

const rejections = async (backend: Backend): Promise<ReadonlyArray<string>> => {
  const titles: Array<string> = []
  for (const check of suite({ ...backend, exploration: { seed: 1, runs: 0 } })) {
    const exit = await inVirtualTime(Effect.exit(check.run))
    if (exit._tag === "Failure") titles.push(withoutIds(check.title))
  }
  return titles
}

describe("the contract rejects a backend that", () => {
  for (const { backend, name, rejectedBy } of [...clusterZoo, ...deploymentZoo, ...jobZoo, ...watchZoo])
    it(name, async () => {
      expect((await rejections(backend)).toSorted()).toEqual(rejectedBy.toSorted())
    })
})

describe("the contract bears a backend that", () => {
  for (const unsteady of [unsteadyClusters, unsteadyContainers, unsteadyJobs]) {
    const { backend, name } = unsteady("breaks every other watch after one event, and says so", [], breaksOnce())
    it(name, async () => expect(await rejections(backend)).toEqual([]))
  }
})

describe("the list of features", () => {
  it("has a refusal for each, but for those that no call asks for", () => {
    const refused = new Set([...gapRules.map(({ feature }) => feature), ...neverCalled])
    expect(Object.keys(features).filter((feature) => !refused.has(feature as Feature))).toEqual([])
  })
})

describe("random commands", () => {
  const found = async (broken: Broken | undefined): Promise<string> => {
    const check = suite(broken?.backend ?? memory()).find(({ title }) => title.startsWith("any commands"))
    const exit = await inVirtualTime(Effect.exit(check?.run ?? Effect.void))
    return String(exit)
  }

  it("find what is wrong with scaling, and print the shortest commands that show it", async () => {
    const message = await found(clusterZoo.find(({ name }) => name === "scales down to one more than asked"))
    expect(message).toMatch(/createCluster\(clusterOf\(given, "m(\d)"\)\)\n.*scalePool\("m\1", "main", 2\)/)
  })

  it("find what is wrong with holding", async () => {
    expect(await found(jobZoo.find(({ name }) => name === "holds nothing that runs"))).toContain("jobs.hold(")
  })
})

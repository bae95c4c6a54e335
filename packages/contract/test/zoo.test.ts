import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { type Backend, suite } from "../src/index.ts"
import { clusterZoo } from "./broken/clusters.ts"
import { deploymentZoo } from "./broken/deployments.ts"
import { jobZoo } from "./broken/jobs.ts"
import { inVirtualTime } from "./memory/memory.ts"

const withoutIds = (title: string): string => title.replace(/ \[[^\]]*\]$/, "")

const rejections = async (backend: Backend): Promise<ReadonlyArray<string>> => {
  const titles: Array<string> = []
  for (const check of suite(backend)) {
    const exit = await inVirtualTime(Effect.exit(check.run))
    if (exit._tag === "Failure") titles.push(withoutIds(check.title))
  }
  return titles
}

describe("the contract rejects a backend that", () => {
  for (const { backend, name, rejectedBy } of [...clusterZoo, ...deploymentZoo, ...jobZoo])
    it(name, async () => {
      expect((await rejections(backend)).toSorted()).toEqual(rejectedBy.toSorted())
    })
})

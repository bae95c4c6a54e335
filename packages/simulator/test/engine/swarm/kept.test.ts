import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { readScenario } from "../../../src/engine/life/readScenario.ts"
import { scenarioVersion } from "../../../src/engine/life/Scenario.ts"
import { readReplay } from "../../../src/engine/Replay.ts"
import { runScenario } from "../../../src/engine/swarm/runSeed.ts"

const folder = new URL("./kept/", import.meta.url)
const files = readdirSync(folder)

test.each(files)("%s, which once failed, passes", (file) => {
  const read = readReplay(readFileSync(new URL(file, folder), "utf8"), scenarioVersion, readScenario)
  if (read._tag === "Refused") throw new Error(read.problems.join("; "))
  expect(runScenario(read.replay.scenario, read.replay.seed)).toMatchObject({ kind: "passed" })
})

test("there are kept scenarios", () => expect(files).not.toEqual([]))

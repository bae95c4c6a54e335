import type { RunRequest } from "@orrery/core"
import { assert, describe, it } from "vitest"
import { brokenNow } from "../../src/check/invariants.ts"
import { costInTrace, traceProblems } from "../../src/check/traceProblems.ts"
import { k8s } from "../../src/provider/profiles.ts"
import { simulated } from "../../src/provider/simulated.ts"
import { podSpec } from "../provider/specs.ts"

const request = (name: string, gpuMilli: number, cpuMilli = 500): RunRequest => ({
  name,
  namespace: "default",
  owner: { kind: "job", name },
  labels: {},
  spec: podSpec(["sleep", "60"], cpuMilli, gpuMilli)
})

/** A backend of one standing machine with four GPUs. */
const standing = () => simulated({ profile: { ...k8s, standing: [{ instanceType: "p3.8xlarge", count: 1 }] } })

describe("the invariants", () => {
  it("hold of a world that nobody broke", () => {
    const backend = standing()
    for (const name of ["a", "b", "c"])
      assert.strictEqual(backend.house.run("gpu-1", request(name, 600))._tag, "Success")
    assert.deepStrictEqual(brokenNow(backend), [])
  })

  it("are kept by hosts that refuse what does not fit one GPU, although it would fit them together", () => {
    const backend = standing()
    for (const name of ["a", "b", "c", "d"]) backend.house.run("gpu-1", request(name, 600))
    assert.strictEqual(backend.house.run("gpu-1", request("e", 600))._tag, "Failure")
    assert.strictEqual(backend.house.run("gpu-1", request("f", 400))._tag, "Success")
  })

  it("see a host that promises more than it has", () => {
    const backend = standing()
    const machine = backend.house.host("gpu-1")
    backend.house.run("gpu-1", request("a", 1000, 30_000))
    const node = machine?.node
    if (node === undefined) throw new Error("gpu-1 is no node")
    backend.world.gpus.give(node.gpusFree, [[0, 1000]])
    node.used.cpuMilli -= 30_000
    node.used.gpuMilli -= 1_000
    backend.house.run("gpu-1", request("b", 1000, 30_000))
    assert.match(brokenNow(backend).join("\n"), /promises 60000 cpuMilli/)
    assert.match(brokenNow(backend).join("\n"), /GPU 0 of gpu-1 is given away 2000/)
  })

  it("see that something foreign was touched", () => {
    const backend = standing()
    const stranger = [...backend.park.machines.values()].find(({ request }) => request === undefined)
    if (stranger !== undefined) backend.park.end(stranger, "terminated")
    assert.deepStrictEqual(brokenNow(backend), ["bystander-1 is not ours and was touched"])
  })
})

describe("the story of a trace", () => {
  it("is wrong where nothing happened, time goes back, or things end that were not there", () => {
    assert.deepStrictEqual(traceProblems(""), ["nothing happened at all"])
    assert.deepStrictEqual(traceProblems("5 goal a\n4 goal a\n"), ["time went from 5 to 4"])
    assert.deepStrictEqual(traceProblems("1 launched c/m-1 x/a/spot 5\n2 launched c/m-1 x/a/spot 5\n"), [
      "c/m-1 was launched while it was there"
    ])
    assert.deepStrictEqual(traceProblems("1 podRunning default/p m-1\n"), ["default/p started and had no place"])
  })

  it("tells what machines cost", () => {
    const trace = "0 launched c/m-1 x/a/spot 3600\n1000 launched c/m-2 x/a/spot 7200\n90500 ending c/m-1 terminated\n"
    assert.strictEqual(costInTrace(trace, "c", 121_000), 91 + 240)
  })
})

import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { simulated } from "@orrery/simulator"
import { Layer } from "effect"
import { beforeAll, describe, expect, it } from "vitest"
import { Backends } from "../src/backend/Backends.ts"
import { openSimulated } from "../src/backend/simulated.ts"
import { readSelector } from "../src/input/readSelector.ts"
import { type Outcome, runCommand } from "./runCommand.ts"

const folder = mkdtempSync(join(tmpdir(), "compute-"))
const file = join(folder, "verbs.yaml")
const huge = join(folder, "huge.yaml")
const write = (image: string) =>
  writeFileSync(
    file,
    `compute:
  cluster:
    name: verbs
    provider: sim
    node_pools:
      - {name: general, instance_type: c5.xlarge, min_size: 2, max_size: 2, labels: {tier: front}}
      - {name: other, instance_type: c5.xlarge, min_size: 1, max_size: 1}
deployments:
  - {name: web, image: "${image}", replicas: 2, port: 8080, resources: {requests: {cpu: 500m}}}
  - {name: api, image: "api:1", resources: {requests: {cpu: 500m}}}
jobs: [{name: train, image: "train:1", labels: {team: red}, resources: {requests: {cpu: 500m}}}]
`
  )

const world = simulated({ seed: 1 })
const backends = Layer.succeed(Backends, Backends.of({ open: () => openSimulated(world) }))
const compute = (line: string): Promise<Outcome> => runCommand(line.split(" "), { COMPUTE_BACKEND: "sim" }, backends)

beforeAll(async () => {
  write("web:1")
  expect((await compute(`apply -f ${file} --yes`)).code).toBe(0)
}, 60_000)

describe("get, as kubectl has it", () => {
  it("takes several kinds, several names and all there is", async () => {
    const several = await compute("get deployments,jobs")
    expect(several.out).toMatch(/^NAME .*\ndeployment\/api .*\ndeployment\/web .*\n\nNAME .*\njob\/train /)
    expect((await compute("get deployment web api -o name")).out).toBe("deployment/web\ndeployment/api")
    expect((await compute("get deployment/web job/train -o name")).out).toBe("deployment/web\njob/train")
    const all = await compute("get all -o name")
    for (const name of ["cluster/verbs", "node/general-1", "deployment/web", "job/train"])
      expect(all.out.split("\n")).toContain(name)
    expect(JSON.parse((await compute("get deployments,nodes -o json")).out)).toHaveLength(2)
    expect((await compute("get deployment/web nodes")).code).toBe(2)
  })

  it("picks by label", async () => {
    expect((await compute("get jobs -l team=red -o name")).out).toBe("job/train")
    expect((await compute("get jobs -l team!=red -o name")).out).toBe("")
    expect((await compute("get nodes -l tier -o name")).out).toBe("node/general-1\nnode/general-2")
    expect((await compute("get nodes -l !tier -o name")).out).toBe("node/other-1")
    expect((await compute("get job/train -l team=red")).code).toBe(2)
    const wrong = await compute("get nodes -l a=b=c")
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('"a=b=c" cannot be read')])
  })

  it("watches a list: what is there, and then what changes", async () => {
    const { code, out } = await compute("get deployments -w -o name")
    expect([code, out]).toEqual([0, "deployment/api\ndeployment/web"])
    expect((await compute("get deployments,jobs -w")).code).toBe(2)
  })
})

it.each([
  ["a=b", { key: "a", operator: "In", values: ["b"] }],
  ["a == b", { key: "a", operator: "In", values: ["b"] }],
  ["a!=b", { key: "a", operator: "NotIn", values: ["b"] }],
  ["a in (b, c)", { key: "a", operator: "In", values: ["b", "c"] }],
  ["a notin (b)", { key: "a", operator: "NotIn", values: ["b"] }],
  ["a", { key: "a", operator: "Exists", values: [] }],
  ["!a", { key: "a", operator: "DoesNotExist", values: [] }]
])("the selector %s is read", (text, requirement) => {
  expect(readSelector(text)).toMatchObject({ success: { matchLabels: {}, matchExpressions: [requirement] } })
  expect(readSelector(`${text},other=1`)).toMatchObject({ success: { matchExpressions: { length: 2 } } })
})

it.each([
  "exec web -o json -- ls",
  "cp ./a web:/a -o csv",
  "port-forward web 80 -o yaml",
  "import -o csv",
  "rollout status deployment/web -o name",
  "rollout undo deployment/web -o json",
  "rollout restart deployment/web -o yaml"
])("%s: a form that makes no sense is refused", async (line) => {
  const { code, err } = await compute(line)
  expect([code, err]).toEqual([2, expect.stringMatching(/^-o [a-z]+ makes no sense here\n/)])
})

it("a simulated backend is named as it was asked for", async () => {
  const { err } = await runCommand(["get", "node/nobody", "--backend", "sim"])
  expect(err).toContain("error: sim (ideal): nodes.get: there is no node named nobody")
})

describe("rollout, as kubectl has it", () => {
  it("tells, goes back by one and to any revision", { timeout: 60_000 }, async () => {
    expect((await compute("rollout status deployment/web")).out).toBe(
      "deployment/web: all 2 replicas are new and ready"
    )
    const alone = await compute("rollout undo deployment/web")
    expect([alone.code, alone.err]).toEqual([1, expect.stringContaining("no earlier revision")])
    write("web:2")
    expect((await compute(`apply -f ${file} --yes`)).code).toBe(0)
    expect((await compute("rollout history deployment/web")).out).toMatch(/^REVISION .*\n2 +web:2 +current\n1 +web:1$/)
    expect((await compute("rollout history deployment/web --revision 1")).out).toContain("image: web:1")
    expect((await compute("rollout undo deployment/web --dry-run")).out).toContain("to revision 1")
    expect((await compute("rollout undo deployment/web")).out).toContain("now revision 3")
    expect((await compute("get deployment/web -o wide")).out).toContain("web:1")
    expect((await compute("rollout undo deployment/web --to-revision 2")).code).toBe(0)
    expect((await compute("get deployment/web -o wide")).out).toContain("web:2")
    const never = await compute("rollout undo deployment/web --to-revision 77")
    expect([never.code, never.err]).toEqual([1, expect.stringContaining("compute rollout history")])
  })

  it("ends with 1 where it is stuck, and says why", { timeout: 60_000 }, async () => {
    writeFileSync(huge, "deployments: [{name: huge, image: big:1, resources: {requests: {cpu: 64}}}]")
    expect((await compute(`apply -f ${huge} --yes`)).code).toBe(0)
    const stuck = await compute("rollout status deployment/huge")
    expect([stuck.code, stuck.err]).toEqual([1, expect.stringContaining("the rollout of huge is stuck")])
    expect((await compute("delete deployment huge --yes")).code).toBe(0)
    const gone = await compute("rollout status deployment/huge")
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining("there is no deployment named huge")])
    expect((await compute("rollout status deployment/web --timeout soon")).code).toBe(2)
  })

  it.each(["rollout restart", "rollout pause", "rollout resume", "cp /tmp/x"])(
    "%s is refused by name",
    async (verb) => {
      const { code, err } = await compute(verb.startsWith("cp") ? `${verb} web:/x` : `${verb} deployment/web`)
      expect([code, err]).toEqual([1, expect.stringContaining(`sim does not offer ${verb.replace(" /tmp/x", "")}`)])
    }
  )
})

describe("pods from here", () => {
  it("exec runs in a pod of the deployment and ends as the command ended", async () => {
    expect(await compute("exec deployment/web -- echo hello")).toMatchObject({ code: 0 })
    const { code, err } = await compute("exec -t deployment/web -- sh")
    expect([code, err]).toEqual([1, expect.stringContaining("exec --tty")])
    expect((await compute("exec deployment/none -- true")).code).toBe(1)
  })

  it.each(["port-forward web 0", "port-forward web 1:2:3", "port-forward web x", "cp a b", "cp web:/a api:/b"])(
    "%s ends with 2",
    async (line) => expect(await compute(line)).toMatchObject({ code: 2, out: "" })
  )
})

describe("wait, describe -f and delete --all, as kubectl has them", () => {
  it("waits for what comes, and says why where it never will", async () => {
    const web = await compute("wait deployment/web --for available --timeout 5m")
    expect(web).toEqual({
      code: 0,
      out: "deployment/web available",
      err: "waiting for deployment/web to be available"
    })
    expect((await compute("wait deployment/nobody --for deleted")).out).toBe("deployment/nobody deleted")
    const never = await compute("wait deployment/web --for deleted")
    expect([never.code, never.err]).toEqual([1, expect.stringContaining("waited for deployment/web to be deleted")])
    expect((await compute("wait job/nobody --for complete")).code).toBe(1)
  })

  it("refuses to wait for what cannot be", async () => {
    const wrong = await compute("wait job/train --for available")
    expect([wrong.code, wrong.err]).toEqual([2, "--for available is of deployment, and job/train is none"])
    expect((await compute("wait deployment/web --for rain")).code).toBe(2)
    expect((await compute("wait deployment/web --for available --timeout soon")).code).toBe(2)
  })

  it("describes all that a file asks for", async () => {
    const { code, out } = await compute(`describe -f ${file}`)
    expect([code, out.split("\n---\n").length]).toEqual([0, 4])
    expect(JSON.parse((await compute(`describe -f ${file} -o json`)).out)).toHaveLength(4)
    expect((await compute("describe")).code).toBe(2)
  })

  it("deletes every one of a kind, after it has named them", async () => {
    expect((await compute("delete deployments --all --dry-run")).out).toBe(
      "would delete deployment/api, deployment/web"
    )
    expect((await compute("delete deployments --all")).code).toBe(2)
    expect((await compute("delete deployment/web --all --yes")).code).toBe(2)
    expect((await compute("delete deployments --all --yes")).out).toBe("deployment/api deleted\ndeployment/web deleted")
    const none = await compute("delete deployments --all --yes")
    expect(none).toEqual({ code: 0, out: "", err: "there is nothing to delete" })
  })
})

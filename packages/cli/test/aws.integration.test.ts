import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { runCommand } from "./runCommand.ts"

const endpoint = process.env.ORRERY_AWS_ENDPOINT ?? ""
const environment = {
  COMPUTE_BACKEND: "aws",
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: "us-west-2",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  COMPUTE_AWS_IMAGE: "ami-03cf127a"
}
const file = join(mkdtempSync(join(tmpdir(), "compute-")), "fleet.yaml")
const fleet = (size: number) => `compute:
  cluster:
    name: verbs
    provider: aws
    node_pools:
      - {name: general, instance_type: c5.xlarge, min_size: ${size}, max_size: 4}
`
const compute = (line: string) => runCommand(line.replace("FILE", file).split(" "), environment)

it("every verb of clusters, from nothing to nothing [D1 D4 D9 D10 D27 D29 R148]", { timeout: 120_000 }, async () => {
  await fetch(`${endpoint}/_reset`, { method: "POST" })
  writeFileSync(file, fleet(2))

  const plan = await compute("plan -f FILE")
  await expect(plan.out).toMatchFileSnapshot("golden/aws/plan.txt")
  expect((await compute("apply -f FILE --dry-run")).out).toBe(plan.out)
  expect((await compute("get clusters -o json")).out).toBe("[]")

  const refused = await compute("apply -f FILE")
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("add --yes")])
  expect((await compute("get clusters -o json")).out).toBe("[]")

  expect((await compute("apply -f FILE --yes")).out).toBe(`${plan.out}\ncluster/verbs applied`)
  expect((await compute("apply -f FILE --yes")).out).toBe("= cluster/verbs  as wanted")
  expect((await compute("get clusters")).out).toMatch(/verbs +ready +2\/2 +\$0\.34\/h/)
  expect((await compute("get nodes -o name")).out).toBe("node/general-1\nnode/general-2")

  expect((await compute("scale pool/general --replicas 3")).out).toBe("pool/general scaled to 3")
  expect((await compute("get node general-3 -o json")).out).toContain('"pool": "general"')
  expect((await compute("node cordon general-3")).code).toBe(0)
  expect((await compute("node status general-3")).out).toContain("ready,cordoned")
  expect((await compute("describe cluster/verbs")).out).toContain("node_pools:")

  const beyond = await compute("scale pool/general --replicas 99")
  expect([beyond.code, beyond.out]).toEqual([expect.any(Number), ""])
  expect(beyond.code).not.toBe(0)

  expect((await compute("delete -f FILE --yes")).out).toBe("cluster/verbs deleted")
  expect((await compute("delete cluster/verbs --yes")).code).toBe(0)
  expect((await compute("get nodes -o json")).out).toBe("[]")
  const gone = await compute("get cluster/verbs")
  expect([gone.code, gone.err]).toEqual([1, expect.stringContaining("there is no cluster named verbs")])
})

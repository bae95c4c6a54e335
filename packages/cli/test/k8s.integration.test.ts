import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { runCommand } from "./runCommand.ts"

const environment = { COMPUTE_BACKEND: "kubernetes", KUBECONFIG: process.env.ORRERY_K8S_KUBECONFIG ?? "" }
const file = join(mkdtempSync(join(tmpdir(), "compute-")), "web.yaml")
const compute = (line: string) => runCommand(line.replace("FILE", file).split(" "), environment)

it("every verb of deployments and jobs, from nothing to nothing [D4 R137 R149 R150]", {
  timeout: 120_000
}, async () => {
  writeFileSync(
    file,
    `deployments:
  - {name: cli-web, image: "web-app:1.0", replicas: 3, port: 8080, resources: {requests: {cpu: 100m}}}
jobs:
  - {name: cli-train, image: "train:1", completions: 2, resources: {requests: {cpu: 500000}}}
`
  )
  await compute("delete -f FILE --yes")

  const plan = await compute("plan -f FILE")
  expect(plan.out).toBe("+ deployment/cli-web  3 replicas of web-app:1.0\n+ job/cli-train  2 tasks")
  expect((await compute("apply -f FILE --yes")).out).toBe(
    `${plan.out}\ndeployment/cli-web created\njob/cli-train submitted`
  )
  expect((await compute("plan -f FILE")).out).toMatch(
    /^= deployment\/cli-web {2}as wanted\n= job\/cli-train {2}(waiting|running)$/
  )

  expect((await compute("scale deployment/cli-web --replicas 5")).out).toBe("deployment/cli-web scaled to 5")
  expect((await compute("plan -f FILE")).out).toContain("~ deployment/cli-web  replicas 5 -> 3")
  expect((await compute("get deployment cli-web")).out).toMatch(/cli-web +\d\/5/)
  expect((await compute("get deployments -n default -o name")).out.split("\n")).toContain("deployment/cli-web")
  expect((await compute("describe deployment/cli-web")).out).toMatch(/container cli-web: web-app:1\.0.*\nevents\n/s)
  expect((await compute("get job cli-train -o json")).out).toContain('"completions": 2')
  expect((await compute("why job/cli-train")).out).not.toBe("")
  expect((await compute("logs deployment/cli-web")).code).toBe(0)
  expect((await compute("top nodes")).code).toBe(0)

  expect((await compute("delete -f FILE --yes")).out).toBe("job/cli-train deleted\ndeployment/cli-web deleted")
  const gone = await compute("get deployment/cli-web")
  expect([gone.code, gone.err]).toEqual([1, expect.stringContaining("there is no deployment named cli-web")])
})

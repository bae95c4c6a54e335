import { Compute, Deployment, Job } from "@orrery/core"
import { Schema } from "effect"

// node main.ts [KUBECONFIG]: deploys a service, scales it, follows what it says, runs a job, and cleans up.
await using compute = await Compute.connect({
  provider: import("@orrery/provider-k8s"),
  config: process.argv[2] === undefined ? {} : { kubeconfig: process.argv[2] }
})
const container = { name: "main", image: "busybox:1" }
const ref = { name: "embedded" }

await compute.createDeployment(
  Schema.decodeSync(Deployment)({
    ...ref,
    selector: { matchLabels: { app: "embedded" } },
    template: {
      labels: { app: "embedded" },
      spec: {
        containers: [{ ...container, command: ["sh", "-c", "echo ready; sleep 86400"] }],
        terminationGraceMs: "1s"
      }
    }
  })
)
await compute.scaleDeployment(ref, 2)
for await (const { deployment } of compute.watchDeployment(ref)) if (deployment.state === "available") break
for await (const line of compute.logs(ref, { follow: true })) {
  console.log(`${line.source}: ${line.text}`)
  break
}

const pod = { containers: [{ ...container, command: ["sh", "-c", "echo task $JOB_INDEX"] }] }
await compute.submit(Schema.decodeSync(Job)({ name: "embedded", completions: 2, pod }))
for await (const { job } of compute.jobs.watch(ref)) console.log(`job: ${job.state}`)
for await (const line of compute.jobs.logs(ref)) console.log(line.text)

await compute.jobs.remove(ref)
await compute.deleteDeployment(ref)
console.log("all gone")

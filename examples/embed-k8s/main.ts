import { build, Compute } from "@orrery/core"

// node main.ts [KUBECONFIG]: deploys a service, scales it, follows what it says, runs a job, and cleans up.
const { Container, Deployment, Job } = build
const ref = { name: "embedded" }
const shell = (line: string) => Container.new("main").withImage("busybox:1").withCommand("sh", "-c", line)

await using compute = await Compute.connect({
  provider: import("@orrery/provider-k8s"),
  config: process.argv[2] === undefined ? {} : { kubeconfig: process.argv[2] }
})

const serve = shell("trap exit TERM; echo ready; sleep 86400 & wait")
await compute.createDeployment(Deployment.new(ref.name).withContainer(serve))
await compute.scaleDeployment(ref, 2)
for await (const { deployment } of compute.watchDeployment(ref)) if (deployment.state === "available") break
for await (const line of compute.logs(ref, { follow: true })) {
  console.log(`${line.source}: ${line.text}`)
  break
}

await compute.submit(Job.new(ref.name).withContainer(shell("echo task $JOB_INDEX")).withTasks(2))
for await (const { job } of compute.jobs.watch(ref)) console.log(`job: ${job.state}`)
for await (const line of compute.jobs.logs(ref)) console.log(line.text)

await compute.jobs.remove(ref)
await compute.deleteDeployment(ref)
console.log("all gone")

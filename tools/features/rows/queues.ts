import { later, type Source } from "../Source.ts"

// why some of it comes later
const registry = "named schedulers in one registry come with HTCondor over SSH and Dask"
const overSsh = "HTCondor is reached on the machine itself; over SSH comes later"
const dask = "Dask comes later"
const pool = "setting up a pool on rented machines comes with machines reached over SSH"
const oldFiles = "reading the old tool's files comes with the clusters it describes"
const workflows = "workflows of jobs come with HTCondor's next step"
const portalWords = "states are the same words on every backend; the portal's own come with the registry"
const pace = "a state is asked for whenever somebody wants it, within the limit on calls"
const hook = "a watch that ends tells when a job is over; work done once at that moment comes later"
const oneTask = "a whole job is removed; one task of it comes later"
const attributes = "what a job may say is the same on every backend; free attributes of HTCondor come later"
const options = "creating is always the whole way; `plan` takes the place of trying"
const idle = "a lease ends a cluster nobody renews; ending one that is only idle comes with cost"

/** People who come from a portal over HTCondor and Dask, and from its cluster tool. */
export const queues: Source = {
  prefix: "T",
  title: "Job queues and their clusters",
  rows: [
    "work runs on HTCondor",
    later("resources for everybody are registered once", registry),
    later("resources of one app are its own", registry),
    "unlike machines in one pool",
    later("a pool's parts are known", pool),
    later("pools are provisioned on clouds", pool),
    later("clusters are set up by configuration", registry),
    "running without a scheduler is a typed error",
    later("a cluster manager from a file", oldFiles),
    later("listing schedulers", registry),
    later("getting a scheduler, or none", registry),
    later("a default scheduler", registry),
    later("creating a scheduler by kind", registry),
    later("created is not yet stored", registry),
    later("a user to log in as", overSsh),
    later("a private key", overSsh),
    later("passwords that are never printed", overSsh),
    later("a port", overSsh),
    later("arguments go where they belong", registry),
    later("a timeout for Dask", dask),
    later("a heartbeat for Dask", dask),
    later("the dashboard of Dask", dask),
    later("the address of Dask", dask),
    later("creating a Dask scheduler", dask),
    later("a job is bound to a scheduler", registry),
    later("all ways to get schedulers", registry),
    later("the states a job can be in", portalWords),
    "HTCondor's states in our words",
    later("Dask's states in our words", dask),
    later("states are not asked for too often", pace),
    "times of a job",
    later("something to do once when a job is over", hook),
    "run, stop, hold, release, run again, and logs",
    "jobs are created, listed and found",
    later("kinds of jobs", registry),
    later("submit attributes and templates", attributes),
    "the text of a submission, and arrays",
    later("submission over SSH", overSsh),
    "a state is read whole, from queue and history",
    later("removing one task or all", oneTask),
    "waiting for a job",
    "what a job left behind is removed",
    later("workflows of jobs that depend on each other, and retries", workflows),
    later("a workflow's text is complete", workflows),
    later("a cycle in a workflow is an error", workflows),
    later("states of a workflow's jobs", workflows),
    later("global settings in the old file", oldFiles),
    later("AWS settings in the old file", oldFiles),
    later("Azure settings in the old file", oldFiles),
    later("keys in the old file", oldFiles),
    later("clusters in the old file", oldFiles),
    later("clusters that extend others", oldFiles),
    later("a list of machine types with images and counts", oldFiles),
    later("volumes in the old file", oldFiles),
    later("plugins with hooks", oldFiles),
    later("permissions as security rules", oldFiles),
    "nodes are numbered",
    "what belongs to a cluster is marked",
    later("all calls of the old manager", oldFiles),
    later("all commands of the old tool", oldFiles),
    later("options of starting", options),
    "everything is validated before it starts",
    later("setting up HTCondor on a cluster", pool),
    later("settings of the load balancer", pool),
    "when a node is added",
    "when a node is removed",
    later("when the cluster ends", idle),
    "waiting times count whole, and one missing slot adds a node"
  ]
}

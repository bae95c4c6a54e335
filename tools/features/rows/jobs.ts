import { later, type Source } from "../Source.ts"

// why some of it comes later
const login = "there is no login of our own: credentials are the backend's"
const parts = "comes with files, sharing and images as parts of their own"
const closed = "a closed connection ends its background work; refusing calls after that comes later"
const description = "jobs carry labels; a sentence of description comes later"
const interruption = "jobs that may be interrupted on purpose come with time slices and spot in the planner"
const givingUp = "`why` says what keeps a job waiting; giving up after a while comes with the planner"
const address = "a job has no address of its own; deployments have ports"
const gpuModel = "a node selector names it; a word of its own is the Kubernetes compute object's alone"
const sharedMemory = "a volume in memory can be mounted; a word of its own is the Kubernetes compute object's alone"
const inside = "a port leads into deployments' pods; into a job's it comes later"
const shortForms = "volumes, addresses and variables are data here; reading their short text forms comes later"
const entryPoint = "command and arguments are two fields, taken as they are"
const cost = "what one job costs comes with cost"
const use = "use is measured per node and pod on Kubernetes; per job it comes later"

/** People who come from a jobs API for single containers. */
export const jobs: Source = {
  prefix: "N",
  title: "Jobs in containers",
  rows: [
    "connecting with the stored configuration",
    "a client with all its parts",
    later("logging in to get a client", login),
    later("who is logged in", login),
    "the jobs part",
    later("the storage part", parts),
    later("the users part", parts),
    later("the images part", parts),
    "the parsing part",
    later("a closed client refuses calls", closed),
    "closing twice is fine",
    "start, end, get and list jobs",
    "running a container as a job",
    "a job's name, unique among those not over",
    later("a job's description", description),
    later("a job that may be interrupted and run again", interruption),
    later("giving up on a job that finds no place", givingUp),
    "running gives back the job",
    "a job's id",
    later("a job's owner", login),
    "a job's state, one of a fixed set",
    "a job's history with times and reasons",
    "creation time and exit code",
    "a job tells what it runs",
    later("a job tells whether it may be interrupted", interruption),
    "a job tells its name, where it has one",
    later("a job tells its description, where it has one", description),
    later("a job's address, where it has one", address),
    later("what is internal is not shown", address),
    "a command in a running container gives its exit code",
    later("a port of a job is led here for a while", inside),
    later("a job's name in the network", address),
    "a container's description is plain data",
    "a container's image",
    "a container's resources",
    "a container's entry point",
    "a container's command",
    later("a port over HTTP, with or without login", address),
    "environment variables",
    "volumes",
    "memory as a whole number",
    "parts of a core",
    "GPUs",
    later("the model of a GPU", gpuModel),
    later("shared memory", sharedMemory),
    "all data is immutable",
    later("an entry point clears the image's command", entryPoint),
    later("reading a volume", shortForms),
    later("reading volumes, secrets and disks", shortForms),
    "reading a local image's name",
    "reading a remote image's name",
    "all corners of image names",
    later("addresses are brought to one form", shortForms),
    later("reading environment variables and their files", shortForms),
    "reasons why a job waits or failed",
    "a job that lost its node runs again under its id",
    later("time slices, priorities and quotas", interruption),
    "restart policies",
    "a limit of run time",
    later("what a job costs", cost),
    "lists with filters, as a stream",
    later("a job's use now", use)
  ]
}

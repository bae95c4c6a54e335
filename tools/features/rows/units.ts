import { later, type Source } from "../Source.ts"

// why some of it comes later
const singleMachines =
  "a machine is a node of a cluster so far; single machines as a person keeps them come with machines reached over SSH"
const overSsh = "machines reached over SSH or local ones are not there yet"
const files = "files of a machine come with machines reached over SSH"
const projects = "projects of several containers come with single machines"
const use = "use is measured per node and pod on Kubernetes; of single machines it comes later"
const login = "there is no login of our own: credentials are the backend's"

/** People who come from compute units: single machines with a name. */
export const units: Source = {
  prefix: "D",
  title: "Compute units",
  rows: [
    "a machine that can be addressed by itself",
    later("the same machine locally or in a cloud", overSsh),
    later("machines can be resized and added", singleMachines),
    "every call has a command",
    later("create, list, update and get machines", singleMachines),
    later("a session of one user", login),
    "services are taken from the session",
    "the list is data first, a table second",
    "a machine's name",
    "a machine's state, one of a fixed set",
    "machines that have ended can still be listed",
    "a machine's address, where it has one",
    "a machine's type with its provider",
    "a machine's cores",
    "a machine's memory",
    later("a machine's disks", singleMachines),
    later("find gives none, get gives a typed error", singleMachines),
    "get by name, and say when a name is not unique",
    later("get by address", singleMachines),
    later("get by name and address at once", singleMachines),
    later("find the machine the program runs on", overSsh),
    "listing always gives the data back",
    later("a handle bound to one machine", singleMachines),
    later("the handle's parts are made when needed", singleMachines),
    "credentials that are never printed",
    later("a second pair of credentials for a namespace", login),
    "the endpoint can be set",
    "nothing is set up before it is used",
    "all that is known of one machine",
    "begin again what was stopped, as often as asked",
    "stop, as often as asked",
    "find out what is wrong and repair it",
    "end for good; a second time is success",
    later("use of CPU, memory, disk, network and GPU now", use),
    later("a state that is not known keeps its own word", singleMachines),
    later("a project from a template", projects),
    later("the files of a machine", files),
    later("the projects of a machine", projects),
    later("the containers of a machine", singleMachines),
    "list, upload, download, copy, move and delete files",
    later("containers of one machine: state, logs, events, stop, pause", singleMachines),
    later("projects of one machine: create, start, stop, logs", projects),
    later("what a project consists of", projects),
    later("which change of state is allowed from which", singleMachines),
    "waiting ends at any end, not only the one hoped for",
    "failures are typed errors and never return values"
  ]
}

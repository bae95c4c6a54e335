import ch.qos.logback.classic.Level;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cloudsimplus.allocationpolicies.VmAllocationPolicyBestFit;
import org.cloudsimplus.allocationpolicies.VmAllocationPolicyFirstFit;
import org.cloudsimplus.brokers.DatacenterBrokerSimple;
import org.cloudsimplus.cloudlets.CloudletSimple;
import org.cloudsimplus.core.CloudSimPlus;
import org.cloudsimplus.datacenters.DatacenterSimple;
import org.cloudsimplus.hosts.Host;
import org.cloudsimplus.hosts.HostSimple;
import org.cloudsimplus.resources.Pe;
import org.cloudsimplus.resources.PeSimple;
import org.cloudsimplus.schedulers.cloudlet.CloudletSchedulerSpaceShared;
import org.cloudsimplus.schedulers.vm.VmSchedulerSpaceShared;
import org.cloudsimplus.util.Log;
import org.cloudsimplus.vms.VmSimple;

/** The iaas bench on CloudSim Plus: two machines fill a host. Prints seconds. usage: Iaas first|best HOSTS MACHINES TASKS */
public class Iaas {
    public static void main(String[] args) {
        Log.setLevel(Level.OFF);
        final int hosts = Integer.parseInt(args[1]);
        final int machines = Integer.parseInt(args[2]);
        final int tasks = Integer.parseInt(args[3]);
        final long start = System.nanoTime();
        final var simulation = new CloudSimPlus();
        final var policy = args[0].equals("first") ? new VmAllocationPolicyFirstFit() : new VmAllocationPolicyBestFit();
        final var hostList = IntStream.range(0, hosts).mapToObj(number -> {
            final var pes = Stream.<Pe>generate(() -> new PeSimple(1_000)).limit(8).toList();
            final Host host = new HostSimple(1_000_000, 100_000, 1_200_000, pes);
            host.setVmScheduler(new VmSchedulerSpaceShared());
            return host;
        }).toList();
        new DatacenterSimple(simulation, hostList, policy);
        final var broker = new DatacenterBrokerSimple(simulation);
        broker.submitVmList(IntStream.range(0, machines).mapToObj(number -> {
            final var vm = new VmSimple(1_000, 4);
            vm.setRam(2_000).setBw(1_000).setSize(500).setCloudletScheduler(new CloudletSchedulerSpaceShared());
            return vm;
        }).toList());
        broker.submitCloudletList(IntStream.range(0, tasks).mapToObj(number -> new CloudletSimple(10_000, 2)).toList());
        simulation.start();
        if (broker.getCloudletFinishedList().size() != tasks) {
            throw new IllegalStateException("not every task finished");
        }
        System.out.println((System.nanoTime() - start) / 1e9);
    }
}

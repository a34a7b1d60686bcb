// What `cordon doctor` advises: the commands that mend an exporter, by remedy and maker. Data, not code: names in capitals stand for the reader's own
// (COLLECTOR, INTERFACE). Versions differ: each is a starting point to be checked against the device's own manual.

/** What is to be changed on the exporter (or, for loss, on the way to here). */
export type Remedy =
  | "timers"
  | "templates"
  | "sampling"
  | "both-directions"
  | "tcp-flags"
  | "interfaces"
  | "clock"
  | "loss";

export interface Fix {
  readonly maker: string;
  readonly commands: readonly string[];
}

type Fixes = Readonly<Record<Remedy, readonly Fix[]>>;

const fix = (maker: string, ...commands: readonly string[]): Fix => ({ maker, commands });

const softflowdTimers =
  "softflowd -i INTERFACE -n COLLECTOR -t maxlife=60 -t general=15 -t tcp=15 -t tcp.rst=5 -t tcp.fin=5 -t udp=15 -t icmp=15 -t expint=5";

const fixes: Fixes = {
  timers: [
    fix("cisco-ios", "flow monitor MONITOR", " cache timeout active 60", " cache timeout inactive 10"),
    fix("cisco-asa", "flow-export active refresh-interval 1", "no flow-export delay flow-create"),
    fix(
      "juniper",
      "set services flow-monitoring version-ipfix template TEMPLATE flow-active-timeout 60",
      "set services flow-monitoring version-ipfix template TEMPLATE flow-inactive-timeout 10",
    ),
    fix("fortigate", "config system netflow", " set active-flow-timeout 60", " set inactive-flow-timeout 10", "end"),
    fix("palo-alto", "set shared server-profile netflow PROFILE active-timeout 1"),
    fix("mikrotik", "/ip traffic-flow set active-flow-timeout=1m inactive-flow-timeout=10s"),
    fix("huawei", "ip netstream timeout active 1", "ip netstream timeout inactive 10"),
    fix("softflowd", softflowdTimers),
    fix("pmacct", "nfprobe_timeouts: tcp=15:tcp.rst=5:tcp.fin=5:udp=15:icmp=15:general=15:maxlife=60:expint=5"),
    fix("nprobe", "nprobe --lifetime-timeout 60 --idle-timeout 10 --queue-timeout 5"),
    fix(
      "open-vswitch",
      "ovs-vsctl set IPFIX UUID cache_active_timeout=10",
      "ovs-vsctl set NetFlow UUID active_timeout=10",
    ),
  ],
  templates: [
    fix("cisco-ios", "flow exporter EXPORTER", " template data timeout 60"),
    fix("cisco-asa", "flow-export template timeout-rate 1"),
    fix("juniper", "set services flow-monitoring version-ipfix template TEMPLATE template-refresh-rate seconds 60"),
    fix("fortigate", "config system netflow", " set template-tx-timeout 60", "end"),
    fix("palo-alto", "set shared server-profile netflow PROFILE template-refresh-rate minutes 1 packets 20"),
    fix("mikrotik", "/ip traffic-flow target set 0 v9-template-refresh=20 v9-template-timeout=1m"),
    fix("huawei", "ip netstream export template timeout-rate 1"),
    fix("softflowd", "restart it: it sends its templates first and again every few datagrams"),
    fix("pmacct", "restart it: templates are sent first and every 18 datagrams"),
    fix("nprobe", "nprobe -U 20  (datagrams between templates)"),
    fix("open-vswitch", "ovs-vsctl set IPFIX UUID other_config:template_interval=60"),
  ],
  sampling: [
    fix(
      "cisco-ios",
      "interface INTERFACE",
      " no ip flow monitor MONITOR sampler SAMPLER input",
      " ip flow monitor MONITOR input",
    ),
    fix("juniper", "set forwarding-options sampling instance INSTANCE input rate 1"),
    fix("fortigate", "config system netflow", " set sample-rate 1", "end"),
    fix("mikrotik", "/ip traffic-flow set packet-sampling=no"),
    fix("huawei", "ip netstream sampler fix-packets 1 inbound", "ip netstream sampler fix-packets 1 outbound"),
    fix("softflowd", "softflowd -s 1"),
    fix("pmacct", "sampling_rate: 1"),
    fix("nprobe", "nprobe --sample-rate 1:1:1"),
    fix("open-vswitch", "ovs-vsctl set IPFIX UUID sampling=1", "ovs-vsctl set sFlow UUID sampling=1"),
  ],
  "both-directions": [
    fix("cisco-ios", "on every interface:", "interface INTERFACE", " ip flow monitor MONITOR input"),
    fix("cisco-asa", "policy-map global_policy", " class CLASS", "  flow-export event-type all destination COLLECTOR"),
    fix(
      "juniper",
      "set interfaces INTERFACE unit 0 family inet sampling input",
      "set interfaces INTERFACE unit 0 family inet sampling output",
    ),
    fix("fortigate", "config system interface", " edit INTERFACE", "  set netflow-sampler both", "end"),
    fix("palo-alto", "set network interface ethernet INTERFACE layer3 netflow-profile PROFILE  (on every interface)"),
    fix("mikrotik", "/ip traffic-flow set interfaces=all"),
    fix("huawei", "interface INTERFACE", " ip netstream inbound", " ip netstream outbound"),
    fix("softflowd", "mirror both directions of the link to the port it listens on"),
    fix("pmacct", "mirror both directions of the link to the port it listens on"),
    fix("nprobe", "mirror both directions of the link to the port it listens on"),
  ],
  "tcp-flags": [
    fix("cisco-ios", "flow record RECORD", " collect transport tcp flags"),
    fix("huawei", "ip netstream tcp-flag enable"),
    fix("nprobe", "add %TCP_FLAGS to the template given with -T"),
    fix("pmacct", "aggregate: src_host, dst_host, src_port, dst_port, proto, tcpflags"),
  ],
  interfaces: [
    fix("cisco-ios", "interface INTERFACE", " ip flow monitor MONITOR input"),
    fix("cisco-asa", "policy-map global_policy", " class CLASS", "  flow-export event-type all destination COLLECTOR"),
    fix("juniper", "set interfaces INTERFACE unit 0 family inet sampling input"),
    fix("fortigate", "config system interface", " edit INTERFACE", "  set netflow-sampler both", "end"),
    fix("palo-alto", "set network interface ethernet INTERFACE layer3 netflow-profile PROFILE"),
    fix("mikrotik", "/ip traffic-flow set enabled=yes interfaces=all"),
    fix("huawei", "interface INTERFACE", " ip netstream inbound", " ip netstream outbound"),
    fix("softflowd", "softflowd -i INTERFACE -n COLLECTOR"),
    fix("pmacct", "pcap_interface: INTERFACE"),
    fix("nprobe", "nprobe -i INTERFACE -n COLLECTOR"),
    fix("open-vswitch", 'ovs-vsctl -- set Bridge BRIDGE ipfix=@i -- --id=@i create IPFIX targets=\\"COLLECTOR\\"'),
  ],
  clock: [
    fix("cisco-ios", "ntp server TIMESERVER"),
    fix("cisco-asa", "ntp server TIMESERVER"),
    fix("juniper", "set system ntp server TIMESERVER"),
    fix("fortigate", "config system ntp", " set ntpsync enable", "end"),
    fix("palo-alto", "set deviceconfig system ntp-servers primary-ntp-server ntp-server-address TIMESERVER"),
    fix("mikrotik", "/system ntp client set enabled=yes servers=TIMESERVER"),
    fix("huawei", "ntp-service unicast-server TIMESERVER"),
    fix("linux", "timedatectl set-ntp true"),
  ],
  loss: [
    fix(
      "this machine",
      "sysctl -w net.core.rmem_max=33554432",
      "then start Cordon again, so that its socket gets the larger buffer",
    ),
    fix("cisco-ios", "flow monitor MONITOR", " cache entries 65536"),
    fix("huawei", "ip netstream export rate 0"),
  ],
};

/** The fixes of a remedy: of that maker alone when it is known and listed, else of each. */
export function fixesFor(remedy: Remedy, maker: string | null): readonly Fix[] {
  const all = fixes[remedy];
  const own = all.filter((entry) => entry.maker === maker || entry.maker === "this machine");
  return own.some((entry) => entry.maker === maker) ? own : all;
}

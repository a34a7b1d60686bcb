import { describe, expect, test } from "vitest";
import { createRandom } from "../kit/random.ts";
import {
  applyUpsert,
  formatProblem,
  formatRowProblem,
  type Inventory,
  type InventoryOptions,
  inventoryDefaults,
  loadMap,
  newHost,
  newMap,
  newSegment,
  readInventory,
  upsertInventory,
  writeMap,
} from "./load.ts";

function read(text: string | Uint8Array, options: Partial<InventoryOptions> = {}): Inventory {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return readInventory([{ path: "t", bytes }], { ...inventoryDefaults, ...options });
}
const faults = (inventory: Inventory): readonly string[] => inventory.problems.map(formatRowProblem);

/** GLPI as users have it: byte-order mark, an empty first line, semicolons, quotes, line breaks and entities in cells. */
const glpi = `\uFEFF
"Nom";"Entité";"Statut";"Fabricant";"Numéro de série";"Type";"Lieu";"Adresse IP";"Réseau - Adresse MAC";"Numéro d'inventaire"
"PC-214";"CHU";"En service";"Acme";"SN-0001";"Ordinateur portable";"Site Nord &#62; Bâtiment Cœur &#62; Étage 2 &#62; Chambre 12";"10.1.2.14
fe80::1
127.0.0.1";"00:1B:2C:3D:4E:5F
0A-1B-2C-3D-4E-60";"INV-1"
"SRV-PACS";"CHU";"En service";"Acme";"To be filled by O.E.M.";"Serveur";"Site Nord > Bâtiment Cœur";"10.1.3.10, 2001:db8::10";"";""

"IMP-7";"CHU";"En service";"Acme";"N/A";"Imprimante ""couleur""";"Laverie";"10.1.2";"zz:zz";"INV-3"
"";"";"";"";"";"";"";"";"";""
;;;;;Serveur;;;;
`;

describe("readInventory() on a GLPI export", () => {
  const inventory = read(glpi);

  test("reads names, places, addresses and MACs through its oddities", () => {
    expect(inventory.hosts).toHaveLength(3);
    expect(inventory.hosts[0]).toMatchObject({
      row: 3,
      name: "PC-214",
      addresses: ["10.1.2.14"],
      macs: ["00:1b:2c:3d:4e:5f", "0a:1b:2c:3d:4e:60"],
      role: "workstation",
      place: { site: "Site Nord", building: "Bâtiment Cœur", room: "Étage 2 > Chambre 12" },
      serial: "SN-0001",
      assetTag: "INV-1",
    });
    expect(inventory.hosts[1]).toMatchObject({
      row: 7,
      role: "server",
      serial: null,
      addresses: ["10.1.3.10", "2001:db8::10"],
    });
    expect(inventory.hosts[2]).toMatchObject({ row: 9, role: "printer", place: { site: null, building: "Laverie" } });
  });

  test("shows every faulty cell at once, with its line, its heading and what to do", () => {
    expect(faults(inventory)).toEqual([
      't:9: Cannot import the row: Adresse IP must be IPv4 or IPv6 addresses, got "10.1.2". Correct the cell or empty it; the rest of the row is used',
      't:9: Cannot import the row: Réseau - Adresse MAC must be MAC addresses, got "zz:zz". Correct the cell or empty it; the rest of the row is used',
      't:11: Cannot import the row: Nom must be given when there is no address, got "". Fill in a name or an address, or delete the row',
    ]);
  });

  test("gives the same whatever the encoding and the line ends", () => {
    const plain = read(glpi.slice(1)).hosts;
    expect(plain).toEqual(inventory.hosts);
    const utf16 = new Uint8Array(Buffer.from(glpi, "utf16le"));
    expect(read(utf16).hosts).toEqual(inventory.hosts);
    expect(read(glpi.replaceAll("\n", "\r\n")).hosts.map((host) => host.macs)).toEqual(
      inventory.hosts.map((host) => host.macs),
    );
    const latin = new Uint8Array(Buffer.from("Nom;Lieu\nPC-1;Bâtiment\n", "latin1"));
    expect(read(latin).hosts[0].place.building).toBe("Bâtiment");
  });
});

describe("readInventory() on other tables", () => {
  test("takes columns by the headings it is given", () => {
    const text = "Machine interne,IP principale,Salle\nPC-9,10.0.0.9,B12\n";
    const inventory = read(text, { columns: { name: "machine interne", address: "IP principale", room: "Salle" } });
    expect(inventory.hosts[0]).toMatchObject({ name: "PC-9", addresses: ["10.0.0.9"], place: { room: "B12" } });
    expect(read(text).hosts).toHaveLength(0);
    expect(faults(read(text))[0]).toContain("--column name=HEADING");
    expect(faults(read(text, { columns: { name: "Rien" } }))[0]).toContain(
      "The headings are: Machine interne, IP principale, Salle",
    );
  });

  test("reads segments when there is a column of blocks", () => {
    const { segments } = read(
      "cidr\tname\tvlan\tbuilding\tsite\thosts\n10.1.2.7/24\tPostes 2\t12\tCoeur\tNord\t40\nbad\tx\t\t\t\t\n",
    );
    expect(segments).toEqual([
      expect.objectContaining({
        cidr: "10.1.2.0/24",
        vlan: 12,
        use: "workstations",
        hostCount: 40,
        place: { site: "Nord", building: "Coeur", room: null },
      }),
    ]);
  });

  test("keeps the rows before a quote that never ends", () => {
    const inventory = read('Nom;IP\na;10.0.0.1\n"b;10.0.0.2\nc;10.0.0.3\n');
    expect(inventory.hosts.map((host) => host.name)).toEqual(["a"]);
    expect(faults(inventory)[0]).toContain("correct CSV");
  });

  test("tells a row with too many cells", () => {
    expect(faults(read("Nom;IP\na;10.0.0.1;surplus\n"))).toEqual([
      expect.stringContaining("t:2: Cannot import the row: the row must be at most 2 cells long"),
    ]);
  });

  test("reads NetBox's own CSV of devices, prefixes, sites and addresses", () => {
    const devices =
      "Name,Status,Tenant,Site,Location,Rack,Role,Manufacturer,Type,IP Address\npacs-1,Active,,Heart,Room 3,,Server,Acme,X1,10.1.3.10/24\n";
    expect(read(devices).hosts[0]).toMatchObject({
      name: "pacs-1",
      addresses: ["10.1.3.10"],
      role: "server",
      place: { site: null, building: "Heart", room: "Room 3" },
    });
    expect(read(devices, { netboxSites: "sites" }).hosts[0].place.site).toBe("Heart");
    const prefixes =
      "Prefix,Status,VRF,Tenant,Scope,VLAN,Role,Description\n10.1.2.0/24,Active,,,Heart,Wards (110),User LAN,\n";
    expect(read(prefixes).segments[0]).toMatchObject({
      cidr: "10.1.2.0/24",
      name: "Wards",
      vlan: 110,
      use: "workstations",
      place: { building: "Heart" },
    });
    expect(read("Name,Status,Facility,Region,Group\nHeart,Active,,North,\n").places[0].place).toEqual({
      site: null,
      building: "Heart",
      room: null,
    });
    const addresses = "IP Address,VRF,Status,Role,Tenant,Assigned,DNS Name\n10.1.3.11/24,,Active,,,ris-1,\n";
    expect(read(addresses).hosts[0]).toMatchObject({ name: "ris-1", addresses: ["10.1.3.11"] });
  });
});

const netbox = {
  sites: {
    count: 1,
    next: null,
    results: [
      { id: 1, url: "http://nb/api/dcim/sites/1/", name: "Heart", slug: "heart", region: { id: 1, name: "North" } },
    ],
  },
  prefixes: {
    results: [
      { id: 1, url: "http://nb/api/ipam/prefixes/1/", prefix: "10.1.0.0/16", status: { value: "container" } },
      {
        id: 2,
        url: "http://nb/api/ipam/prefixes/2/",
        prefix: "10.1.2.0/24",
        status: { value: "active" },
        scope_type: "dcim.site",
        scope: { id: 1, name: "Heart" },
        vlan: { vid: 110, name: "Wards" },
        role: { name: "User LAN" },
      },
      {
        id: 3,
        url: "http://nb/api/ipam/prefixes/3/",
        prefix: "10.1.3.0/24",
        status: { value: "active" },
        site: { id: 1, name: "Heart" },
        description: "Servers",
      },
      { id: 4, url: "http://nb/api/ipam/prefixes/4/", prefix: "not one" },
    ],
  },
  devices: {
    results: [
      {
        id: 7,
        url: "http://nb/api/dcim/devices/7/",
        name: "pacs-1",
        device_type: { model: "X" },
        role: { name: "Server" },
        serial: "SN7",
        site: { name: "Heart" },
        location: { name: "Room 3" },
        primary_ip4: { address: "10.1.3.10/24" },
      },
      {
        id: 8,
        url: "http://nb/api/dcim/devices/8/",
        name: null,
        device_type: { model: "X" },
        role: { name: "Switch" },
      },
    ],
  },
  addresses: {
    results: [
      {
        id: 9,
        url: "http://nb/api/ipam/ip-addresses/9/",
        address: "2001:db8::10/64",
        assigned_object: { device: { name: "pacs-1" } },
      },
      {
        id: 10,
        url: "http://nb/api/ipam/ip-addresses/10/",
        address: "10.1.3.20/24",
        assigned_object: { virtual_machine: { name: "vm-1" } },
      },
    ],
  },
  interfaces: {
    results: [
      { id: 3, url: "http://nb/api/dcim/interfaces/3/", device: { name: "pacs-1" }, mac_address: "AA:BB:CC:00:11:22" },
    ],
  },
};

describe("readInventory() on NetBox's API", () => {
  test("ties devices, interfaces and addresses of several lists in one file", () => {
    const inventory = read(JSON.stringify(netbox));
    expect(inventory.hosts[0]).toMatchObject({
      name: "pacs-1",
      addresses: ["10.1.3.10", "2001:db8::10"],
      macs: ["aa:bb:cc:00:11:22"],
      role: "server",
      place: { site: null, building: "Heart", room: "Room 3" },
      serial: "SN7",
    });
    expect(inventory.hosts[1]).toMatchObject({ name: "vm-1", addresses: ["10.1.3.20"] });
    expect(inventory.segments.map(({ cidr, vlan, use, place }) => [cidr, vlan, use, place.building])).toEqual([
      ["10.1.2.0/24", 110, "workstations", "Heart"],
      ["10.1.3.0/24", null, "servers", "Heart"],
    ]);
    expect(inventory.places[0].place).toEqual({ site: "North", building: "Heart", room: null });
    expect(faults(inventory)).toHaveLength(2);
  });

  test("reads the lists as files of their own just the same", () => {
    const files = Object.entries(netbox).map(([path, list]) => ({
      path,
      bytes: new TextEncoder().encode(JSON.stringify(list)),
    }));
    const apart = readInventory(files, inventoryDefaults);
    expect(apart.hosts.map(({ addresses, macs }) => ({ addresses, macs }))).toEqual(
      read(JSON.stringify(netbox)).hosts.map(({ addresses, macs }) => ({ addresses, macs })),
    );
  });

  test("says when a list is one page, when JSON is cut, and when an element is none of its kinds", () => {
    expect(
      read(JSON.stringify({ count: 320, next: "http://nb/?offset=1", results: netbox.sites.results })).remarks,
    ).toEqual(["t is one page: 1 of 320. Ask the API with ?limit=0"]);
    expect(faults(read('{"results": [{"id": 1, "na'))[0]).toContain("the file must be correct JSON");
    expect(faults(read('[{"id": 1}, 7]'))).toHaveLength(2);
  });
});

const nmap = `<?xml version="1.0"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" start="1">
<host><status state="up"/><address addr="10.1.2.20" addrtype="ipv4"/><address addr="00:1B:2C:3D:4E:7F" addrtype="mac" vendor="Acme &amp; Co"/>
<hostnames><hostname name="lab-pc" type="PTR"/></hostnames>
<ports><port protocol="tcp" portid="445"><state state="open"/></port><port protocol="tcp" portid="3389"><state state="filtered"/></port></ports></host>
<taskprogress task="SYN" percent="40"/>
<host><status state="down"/><address addr="10.1.2.21" addrtype="ipv4"/></host>
<host><status state="up"/><address addr="10.1.2.22" addrtype="ipv4"/><ports><port protocol="udp" portid="161"><state state="open"/></port></ports></host>
<runstats/></nmaprun>
`;

describe("readInventory() on Nmap XML", () => {
  test("reads hosts that are up with their open ports", () => {
    const { hosts, problems, remarks } = read(nmap);
    expect(hosts.map(({ row, name, addresses, macs, ports }) => ({ row, name, addresses, macs, ports }))).toEqual([
      { row: 4, name: "lab-pc", addresses: ["10.1.2.20"], macs: ["00:1b:2c:3d:4e:7f"], ports: ["tcp/445"] },
      { row: 9, name: null, addresses: ["10.1.2.22"], macs: [], ports: ["udp/161"] },
    ]);
    expect([problems, remarks]).toEqual([[], []]);
  });

  test("cut at every byte: never throws, says so, and never gives a host that is not in the whole", () => {
    const whole = new Set(read(nmap).hosts.flatMap((host) => host.addresses));
    for (let end = 0; end < nmap.indexOf("</nmaprun>"); end++) {
      const cut = read(nmap.slice(0, end), { kind: "nmap" });
      expect(cut.remarks.length + cut.problems.length, String(end)).toBeGreaterThan(0);
      // An address cut in half may still read as an address: only those of finished tags count.
      for (const host of cut.hosts)
        for (const address of host.addresses) expect(whole.has(address) || address === "10.1.2.21").toBe(true);
    }
  });
});

describe("readInventory() survives", () => {
  test.each([
    ["glpi", glpi],
    ["netbox", JSON.stringify(netbox)],
    ["nmap", nmap],
  ] as const)("2,000 damaged %s files (seed 2)", (kind, whole) => {
    const random = createRandom(2);
    const bytes = new TextEncoder().encode(whole);
    for (let run = 0; run < 2_000; run++) {
      const damaged = bytes.slice(0, random.chance(0.2) ? random.below(bytes.length) : bytes.length);
      for (let change = random.below(6); change >= 0 && damaged.length > 0; change--)
        damaged[random.below(damaged.length)] = random.below(256);
      const inventory = readInventory([{ path: "t", bytes: damaged }], { ...inventoryDefaults, kind });
      const upsert = upsertInventory(newMap("Test"), inventory);
      const written = loadMap(writeMap(upsert.map), "t");
      if (!written.ok) throw new Error(written.problems.map(formatProblem).join("\n"));
    }
  });
});

describe("upsertInventory()", () => {
  const text = `schema: cordon.map/1
name: Test
sites: [{ id: north, aliases: [Site Nord] }]
buildings:
  - { id: heart, site: north, aliases: [Bâtiment Cœur] } # its comment
segments:
  # wards
  - { id: wards, use: workstations, cidrs: [10.1.2.0/24], building: heart }
hosts:
  - { id: pc-old, serial: SN-0001, addresses: [10.1.2.99], macs: ["00:1b:2c:3d:4e:5f"] }
  - { id: gone, addresses: [10.1.2.200], building: heart }
`;
  const first = loadMap(text, "t");
  if (!first.ok) throw new Error("the map of the test must be sound");
  const inventory = read(glpi);
  const upsert = upsertInventory(first.map, inventory);

  test("finds a host again by its serial, adds what is new, names what vanished", () => {
    expect(upsert.changed.map(({ id, fields }) => [id, fields.map(({ field }) => field)])).toEqual([
      ["pc-old", ["addresses", "macs", "role", "building", "room", "assetTag"]],
    ]);
    expect(upsert.added.map(({ section, id }) => `${section} ${id}`)).toEqual([
      "hosts SRV-PACS",
      "buildings laverie",
      "hosts IMP-7",
    ]);
    expect(upsert.vanished).toEqual(["gone"]);
    expect(upsert.conflicts).toEqual([]);
  });

  test("applied to the text keeps the comments, loads, and a second import changes nothing", () => {
    const written = applyUpsert(text, first.map, upsert);
    expect(written).toContain("# its comment");
    expect(written).toContain("# wards");
    const again = loadMap(written, "t");
    if (!again.ok) throw new Error(again.problems.map(formatProblem).join("\n"));
    expect(again.map).toEqual(upsert.map);
    const second = upsertInventory(again.map, read(glpi));
    expect([second.added, second.changed, second.conflicts]).toEqual([[], [], []]);
    expect(second.map).toEqual(again.map);
  });

  test.each([
    ["netbox", JSON.stringify(netbox)],
    ["nmap", nmap],
  ])("imports %s once: the second time nothing changes", (_, source) => {
    const once = upsertInventory(newMap("Test"), read(source));
    const written = loadMap(writeMap(once.map), "t");
    if (!written.ok) throw new Error(written.problems.map(formatProblem).join("\n"));
    expect(written.map).toEqual(once.map);
    const twice = upsertInventory(written.map, read(source));
    expect([twice.added, twice.changed, twice.conflicts]).toEqual([[], [], []]);
  });

  test("shows a name that two devices claim, and changes neither", () => {
    const map = {
      ...newMap("Test"),
      hosts: [{ ...newHost("pc-1"), macs: ["00:00:00:00:00:01"], addresses: ["10.0.0.1"] }],
    };
    const result = upsertInventory(map, read("Nom;IP;MAC\nPC-1;10.0.0.2;00:00:00:00:00:02\n"));
    expect(result.map).toEqual(map);
    expect(result.conflicts.map(formatRowProblem)).toEqual([
      expect.stringContaining('name must be of one device (pc-1 has 00:00:00:00:00:01), got "PC-1"'),
    ]);
  });

  test("lets two hosts change addresses, and refuses one that a third host has", () => {
    const hosts = [
      ["a", "10.0.0.1"],
      ["b", "10.0.0.2"],
      ["c", "10.0.0.3"],
    ].map(([id, address]) => ({ ...newHost(id), addresses: [address] }));
    const map = { ...newMap("Test"), hosts };
    const result = upsertInventory(map, read("Nom;IP\na;10.0.0.2\nb;10.0.0.1\nd;10.0.0.3\n"));
    expect(result.map.hosts.map(({ id, addresses }) => `${id} ${addresses.join(" ")}`)).toEqual([
      "a 10.0.0.2",
      "b 10.0.0.1",
      "c 10.0.0.3",
      "d ",
    ]);
    expect(result.conflicts).toHaveLength(1);
  });

  test("tells names of other scripts apart", () => {
    const result = upsertInventory(newMap("Test"), read("Nom;IP\n主机;10.0.0.1\nσταθμός;10.0.0.2\n"));
    expect(result.map.hosts.map(({ id, name }) => [id, name])).toEqual([
      ["host", "主机"],
      ["host-2", "σταθμός"],
    ]);
  });

  test("takes a host out of the segment it states when its address moves", () => {
    const map = {
      ...newMap("Test"),
      segments: [
        { ...newSegment("a", "servers"), cidrs: ["10.0.0.0/24"] },
        { ...newSegment("b", "servers"), cidrs: ["10.0.1.0/24"] },
      ],
      hosts: [{ ...newHost("h"), addresses: ["10.0.0.5"], segment: "a" }],
    };
    const result = upsertInventory(map, read("Nom;IP\nh;10.0.1.5\n"));
    expect(result.map.hosts[0]).toMatchObject({ addresses: ["10.0.1.5"], segment: null });
    expect(loadMap(writeMap(result.map), "t").ok).toBe(true);
    expect(upsertInventory(map, read("Nom;IP\nh;10.0.0.6\n")).map.hosts[0].segment).toBe("a");
  });

  test("nests a new block inside the one around it", () => {
    const map = { ...newMap("Test"), segments: [{ ...newSegment("wide", "mixed"), cidrs: ["10.0.0.0/16"] }] };
    const result = upsertInventory(map, read("prefix;nom\n10.0.4.0/24;postes\n10.0.4.128/25;serveurs\n"));
    expect(result.map.segments.map(({ id, parent }) => [id, parent])).toEqual([
      ["wide", null],
      ["postes", "wide"],
      ["serveurs", "postes"],
    ]);
    expect(loadMap(writeMap(result.map), "t").ok).toBe(true);
  });
});

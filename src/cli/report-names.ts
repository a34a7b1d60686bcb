// How the report calls things of the map: scopes, boundaries, controls, hosts, people. In: ids; out: names in a language,
// or the id itself where the map gives no name.

import type { AllowedPath, Control } from "../model/control.ts";
import type { CareNames } from "../care/assess.ts";
import type { Contact, HospitalMap, Scope, SegmentUse } from "../model/map.ts";
import type { Wall } from "../model/walls.ts";
import { Figures, type ReportLanguage } from "./report-figures.ts";
import { reportWords, type ReportWords } from "./report-words.ts";

/** What every part of the report needs. */
export interface ReportPage {
  readonly map: HospitalMap;
  readonly language: ReportLanguage;
  readonly words: ReportWords;
  readonly figures: Figures;
  readonly names: ReportNames;
}

/** Words, figures and names for one map in one language; the terminal uses them too. */
export function pageFor(map: HospitalMap, language: ReportLanguage): ReportPage {
  const words = reportWords[language];
  return { map, language, words, figures: new Figures(language), names: new ReportNames(map, words) };
}

interface Named {
  readonly id: string;
  readonly name: string | null;
}

export class ReportNames {
  private readonly map: HospitalMap;
  private readonly words: ReportWords;

  constructor(map: HospitalMap, words: ReportWords) {
    this.map = map;
    this.words = words;
  }

  building = (id: string): string => nameIn(this.map.buildings, id);
  point = (id: string): string => nameIn(this.map.enforcementPoints, id);

  /** A scope, or a boundary as forecasts write it: a segment is `segment:ID` there. */
  place(scope: Scope): string {
    const { place } = this.words;
    if (scope === "internet") return place.internet;
    if (scope === "all") return place.all;
    const colon = scope.indexOf(":");
    const id = scope.slice(colon + 1);
    switch (scope.slice(0, colon + 1)) {
      case "building:":
        return named(this.map.buildings, id, place.building);
      case "site:":
        return named(this.map.sites, id, place.site);
      case "use:":
        return place.use(this.words.uses[id as SegmentUse] ?? id);
      case "segment:":
        return named(this.map.segments, id, place.segment);
      default:
        return this.map.segments.some((segment) => segment.id === id)
          ? named(this.map.segments, id, place.segment)
          : nameIn(this.map.boundaries, id);
    }
  }

  /** What is ordered, as a sentence without its full stop. */
  control(control: Control): string {
    const { control: words } = this.words;
    switch (control.kind) {
      case "close-port-within":
        return words.within(control.port, this.place(control.within));
      case "close-port":
        return words.around(control.port, this.place(control.around));
      case "isolate-host":
        return words.host(nameIn(this.map.hosts, control.host));
      case "isolate-segment":
        return this.excepting(words.isolate(this.place(control.segment)), control.except);
      case "isolate-building":
        return this.excepting(words.isolate(this.place(`building:${control.building}`)), control.except);
      case "isolate-site":
        return this.excepting(words.isolate(this.place(`site:${control.site}`)), control.except);
      case "cut-internet":
        return control.site === null ? words.internet : words.internetOf(this.place(`site:${control.site}`));
    }
  }

  /** A person and the number at which they are reached. */
  contact(id: string): string {
    const contact: Contact | undefined = this.map.contacts.find((each) => each.id === id);
    if (contact === undefined) return id;
    return `${contact.name ?? this.words.roles[contact.role]}, ${contact.phone.replaceAll(" ", "\u00a0")}`;
  }

  /** Who they are, without the number. */
  person(id: string): string {
    const contact = this.map.contacts.find((each) => each.id === id);
    return contact === undefined ? id : (contact.name ?? this.words.roles[contact.role]);
  }

  /** A wall by its id, `close-crossing/use:servers>use:workstations/tcp/445`. */
  wall = ({ id, kind, port }: Wall): string => {
    const name = id.slice(kind.length + 1, id.length - port.length - 1);
    const [from, to] = name.split(">");
    const place = to === undefined ? this.place(from) : this.words.place.crossing(this.place(from), this.place(to));
    return this.words.wallOf[kind](place, port);
  };

  /** A bundled profile with what it is; one of one's own by its id. */
  worm = (id: string): string => this.described(id, this.words.worms);
  defender = (id: string): string => this.described(id, this.words.defenders);

  /** What sentences of care call things. */
  readonly care: CareNames = {
    host: (id) => nameIn(this.map.hosts, id),
    segment: (id) => nameIn(this.map.segments, id),
    service: (id) => nameIn(this.map.services, id),
    standIn: (id) => nameIn(this.map.standIns, id),
    place: (scope) => this.place(scope),
  };

  private described(id: string, profiles: Readonly<Record<string, string>>): string {
    return Object.hasOwn(profiles, id) ? `${id} (${profiles[id]})` : id;
  }

  private excepting(text: string, except: readonly AllowedPath[]): string {
    if (except.length === 0) return text;
    const paths = except.map((path) => `${this.place(path.from)} → ${this.place(path.to)} (${path.port})`);
    return `${text}, ${this.words.control.except(paths.join(", "))}`;
  }
}

function nameIn(list: readonly Named[], id: string): string {
  return list.find((each) => each.id === id)?.name ?? id;
}

/** The name alone, which says what it is ("Atrium building"); an id needs the word beside it. */
function named(list: readonly Named[], id: string, word: (id: string) => string): string {
  return list.find((each) => each.id === id)?.name ?? word(id);
}

// The sentences of care in English and French: one typed catalogue. What is said comes as data (`CareReason`), how
// things are called from the caller: ids for a program, names of the map for a page.

import type { CareFinding, CareOption, CareReason, NamedCut } from "../model/care.ts";
import type { Told } from "../model/plan.ts";

/** How things of the map are called in a sentence. */
export interface CareNames {
  readonly host: (id: string) => string;
  readonly segment: (id: string) => string;
  readonly service: (id: string) => string;
  readonly standIn: (id: string) => string;
  /** A scope: `building:main`, a segment's id, `internet`. */
  readonly place: (scope: string) => string;
}

interface Words {
  readonly option: (option: CareOption, names: CareNames) => string;
  readonly cut: (cut: NamedCut, names: CareNames) => string;
  readonly reason: (reason: CareReason, names: CareNames) => string;
  readonly finding: (finding: CareFinding) => string;
  readonly percent: (share: number) => string;
  readonly colon: string;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const joined = (texts: readonly string[], and: string): string =>
  texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} ${and} ${texts.at(-1)}`;

const inHundred = (probability: number): number => Math.round(probability * 100);

const en: Words = {
  option(option, names) {
    switch (option.kind) {
      case "path":
        return `the path from ${names.segment(option.from)} to ${names.host(option.to)} on ${option.port}`;
      case "host":
        return `host ${names.host(option.host)}`;
      case "service":
        return `service ${names.service(option.service)}`;
      case "internet":
        return `the internet link (${option.what})`;
    }
  },
  cut({ kind, place, port }, names) {
    switch (kind) {
      case "close-port-within":
        return `the closing of ${port} within ${names.place(place)}`;
      case "close-port":
        return `the closing of ${port} around ${names.place(place)}`;
      case "isolate-host":
        return `the isolation of host ${names.host(place)}`;
      case "cut-internet":
        return place === "internet" ? "the cut of the internet" : `the internet cut of ${names.place(place)}`;
      default:
        return `the isolation of ${names.place(place)}`;
    }
  },
  reason(reason, names) {
    switch (reason.kind) {
      case "option-lost": {
        const what = capital(en.option(reason.option, names));
        return reason.option.kind === "path"
          ? `${what} fails: ${names.host(reason.option.to)} is lost.`
          : `${what} is lost.`;
      }
      case "cut-off": {
        const cuts = reason.cuts.map((cut) => en.cut(cut, names));
        if (reason.more > 0) cuts.push(`${reason.more} more`);
        return `${capital(en.option(reason.option, names))} is cut off by ${joined(cuts, "and")}.`;
      }
      case "option-fails": {
        const what = capital(en.option(reason.option, names));
        return reason.option.kind === "path"
          ? `${what} fails: hosts of ${names.segment(reason.option.from)} are lost.`
          : `${what} does not run as usual.`;
      }
      case "met-by":
        return `Met by ${en.option(reason.option, names)} instead.`;
      case "service-keeps":
        return `${names.service(reason.service)} keeps ${en.percent(reason.share)} of its work.`;
      case "hosts-lost": {
        const segment = reason.segment === null ? "its segment" : names.segment(reason.segment);
        return `${capital(en.percent(reason.share))} of the hosts of ${segment} are lost.`;
      }
      case "stand-in": {
        const [name, share] = [names.standIn(reason.standIn), en.percent(reason.share)];
        return reason.inMinutes <= 0
          ? `Stand-in: ${name}, which keeps ${share} of what is lost.`
          : `Stand-in in ${reason.inMinutes} ${reason.inMinutes === 1 ? "minute" : "minutes"}: ${name}, which will keep ${share} of what is lost.`;
      }
      case "infection":
        return `Infection: a good part of it is lost in ${inHundred(reason.probability)} of 100 runs, ${inHundred(reason.share)} % of its work on average.`;
    }
  },
  finding: (finding) =>
    finding.kind === "path-closed"
      ? `The map lets nothing of ${finding.from} begin a conversation with ${finding.to} on ${finding.port}, though ${finding.service} needs it for ${finding.need}: taken as open.`
      : `The map does not say where ${finding.host} is: no cut around it is counted for ${finding.service}.`,
  percent: (share) => percentOf(share, "less than 1 %", "more than 99 %"),
  colon: ": ",
};

const fr: Words = {
  option(option, names) {
    switch (option.kind) {
      case "path":
        return `le chemin de ${names.segment(option.from)} vers ${names.host(option.to)} (${option.port})`;
      case "host":
        return `la machine ${names.host(option.host)}`;
      case "service":
        return `l’activité ${names.service(option.service)}`;
      case "internet":
        return `l’accès à Internet (${option.what})`;
    }
  },
  cut({ kind, place, port }, names) {
    switch (kind) {
      case "close-port-within":
        return `fermeture de ${port} à l’intérieur (${names.place(place)})`;
      case "close-port":
        return `fermeture de ${port} autour (${names.place(place)})`;
      case "isolate-host":
        return `isolement de la machine ${names.host(place)}`;
      case "cut-internet":
        return place === "internet" ? "coupure d’Internet" : `coupure d’Internet (${names.place(place)})`;
      default:
        return `isolement (${names.place(place)})`;
    }
  },
  reason(reason, names) {
    switch (reason.kind) {
      case "option-lost": {
        const what = capital(fr.option(reason.option, names));
        return reason.option.kind === "path"
          ? `${what} ne tient plus\u00a0: ${names.host(reason.option.to)} ne fonctionne plus.`
          : `${what} ne fonctionne plus.`;
      }
      case "cut-off": {
        const cuts = reason.cuts.map((cut) => fr.cut(cut, names));
        if (reason.more > 0) cuts.push(`${reason.more} ${reason.more === 1 ? "autre ordre" : "autres ordres"}`);
        const way = reason.option.kind === "path" || reason.option.kind === "internet";
        const fails = way ? "ne passe plus" : "n’est plus joignable";
        return `${capital(fr.option(reason.option, names))} ${fails}\u00a0: ${joined(cuts, "et")}.`;
      }
      case "option-fails": {
        const what = capital(fr.option(reason.option, names));
        return reason.option.kind === "path"
          ? `${what} ne tient plus\u00a0: des machines de ${names.segment(reason.option.from)} sont perdues.`
          : `${what} ne fonctionne pas comme d’habitude.`;
      }
      case "met-by":
        return `Assuré à la place par ${fr.option(reason.option, names)}.`;
      case "service-keeps":
        return `${names.service(reason.service)} garde ${fr.percent(reason.share)} de son travail.`;
      case "hosts-lost": {
        const segment = reason.segment === null ? "son segment" : names.segment(reason.segment);
        return `${capital(fr.percent(reason.share))} des machines de ${segment} sont perdues.`;
      }
      case "stand-in": {
        const [name, share] = [names.standIn(reason.standIn), fr.percent(reason.share)];
        return reason.inMinutes <= 0
          ? `Repli\u00a0: ${name}, qui garde ${share} de ce qui est perdu.`
          : `Repli dans ${reason.inMinutes} ${reason.inMinutes === 1 ? "minute" : "minutes"}\u00a0: ${name}, qui gardera ${share} de ce qui est perdu.`;
      }
      case "infection":
        return `Propagation\u00a0: une bonne part est perdue dans ${inHundred(reason.probability)} déroulements sur 100, ${inHundred(reason.share)}\u00a0% du travail en moyenne.`;
    }
  },
  finding: (finding) =>
    finding.kind === "path-closed"
      ? `La carte ne laisse rien de ${finding.from} joindre ${finding.to} sur ${finding.port}, alors que ${finding.service} en a besoin (${finding.need})\u00a0: tenu pour ouvert.`
      : `La carte ne dit pas où se trouve ${finding.host}\u00a0: aucune coupure autour n’est comptée pour ${finding.service}.`,
  percent: (share) => percentOf(share, "moins de 1\u00a0%", "plus de 99\u00a0%").replace(" %", "\u00a0%"),
  colon: "\u00a0: ",
};

const words: Readonly<Record<keyof Told, Words>> = { en, fr };

/** One reason as a sentence, the needs it is about first: "Records: Host r1 is lost." */
export function reasonText(reason: CareReason, names: CareNames, language: keyof Told): string {
  const { reason: say, colon } = words[language];
  const sentence = say(reason, names);
  return reason.needs.length === 0 ? sentence : `${capital(reason.needs.join(", "))}${colon}${sentence}`;
}

/** What the map says against itself, in both languages. */
export function findingTold(finding: CareFinding): Told {
  return { en: en.finding(finding), fr: fr.finding(finding) };
}

/** 0.004 → "less than 1 %", 0.354 → "35 %"; never 0 % or 100 % of what is neither. */
function percentOf(share: number, almostNone: string, almostAll: string): string {
  const rounded = Math.round(share * 100);
  if (share > 0 && rounded === 0) return almostNone;
  if (share < 1 && rounded === 100) return almostAll;
  return `${rounded} %`;
}

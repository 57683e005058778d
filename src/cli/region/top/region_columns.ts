import type {
  AppCondition,
  CellState,
  PictureApp,
  PictureNode,
  PictureReplica,
} from "../../../model/region_picture.ts";
import type { Tone } from "../../drawing/paint.ts";
import { printableText } from "../../drawing/printable.ts";
import type { Column } from "../../top/columns.ts";
import { legText } from "../picture_text.ts";

/** Least width of a column of sentences. */
const SENTENCE = 24;

const CONDITION_TONES: Readonly<Record<AppCondition, Tone>> = {
  down: "bad",
  degraded: "doubtful",
  changing: "accent",
  well: "good",
};

const STANDING_TONES: Readonly<Record<PictureNode["standing"], Tone>> = {
  gone: "bad",
  draining: "accent",
  cordoned: "accent",
  ready: "good",
};

const STATE_TONES: Readonly<Record<CellState, Tone>> = {
  ready: "good",
  unready: "bad",
  invalid: "bad",
  conflict: "bad",
  gone: "bad",
  waits: "accent",
  closing: "accent",
  updating: "accent",
  not_told: "doubtful",
};

/** Colour of an app's condition. */
export function conditionTone(condition: AppCondition): Tone {
  return CONDITION_TONES[condition];
}

/** Colour of a node's standing. */
export function standingTone(standing: PictureNode["standing"]): Tone {
  return STANDING_TONES[standing];
}

/** Columns of the apps. @param room characters of a line: what others leave is for what is wrong. */
export function appColumns(room: number): readonly Column<PictureApp>[] {
  return [
    { title: "APP", width: 12, worth: 100, isLeft: true, text: ({ name }) => printableText(name) },
    {
      title: "STATE",
      width: 8,
      worth: 95,
      isLeft: true,
      text: ({ condition }) => condition,
      tone: ({ condition }) => CONDITION_TONES[condition],
    },
    {
      title: "READY",
      width: 7,
      worth: 90,
      text: ({ ready, wanted }) => `${ready}/${wanted}`,
      tone: ({ ready, wanted }) => ready < wanted ? "doubtful" : undefined,
    },
    {
      title: "REV",
      width: 6,
      worth: 50,
      text: ({ revision }) => revision === null ? "deleted" : String(revision),
    },
    {
      title: "ROLLOUT",
      width: 16,
      worth: 80,
      isLeft: true,
      text: ({ rollout }) => legText(rollout),
      tone: ({ rollout }) =>
        rollout?.leg === "failed" || rollout?.leg === "rolled_back"
          ? "bad"
          : rollout?.leg === "done"
          ? "faint"
          : "accent",
    },
    {
      title: "SCALE",
      width: 7,
      worth: 40,
      text: ({ scale }) => scale === null ? "" : `${scale.min}-${scale.max}`,
    },
    {
      title: "WHAT",
      width: Math.max(SENTENCE, Math.floor((room - 60) * 0.7)),
      worth: 70,
      isLeft: true,
      text: ({ trouble, rollout }) =>
        printableText([...trouble, rollout?.reason ?? ""].filter(Boolean).join("; ")),
    },
  ];
}

/** Columns of the nodes. */
export const NODE_COLUMNS: readonly Column<PictureNode>[] = [
  { title: "NODE", width: 12, worth: 100, isLeft: true, text: ({ name }) => printableText(name) },
  { title: "ZONE", width: 10, worth: 70, isLeft: true, text: ({ zone }) => printableText(zone) },
  {
    title: "STATE",
    width: 8,
    worth: 95,
    isLeft: true,
    text: ({ standing }) => standing,
    tone: ({ standing }) => STANDING_TONES[standing],
  },
  {
    title: "READY",
    width: 9,
    worth: 90,
    text: ({ ready, carried }) => `${ready}/${carried}`,
    tone: ({ ready, carried }) => ready < carried ? "doubtful" : undefined,
  },
  {
    title: "MOST",
    width: 7,
    worth: 50,
    text: ({ capacity }) => capacity === null ? "" : String(capacity.apps),
  },
  { title: "BY", width: 10, worth: 40, isLeft: true, text: ({ by }) => printableText(by) },
  { title: "ADDRESS", width: 16, worth: 60, isLeft: true, text: ({ address }) => printableText(address) },
];

/** An app on a node, in the details of either. */
export interface ReplicaRow {
  /** Of the node, or of the app. */
  readonly name: string;
  readonly replica: PictureReplica;
}

/** Columns of replicas. @param title what they are named by. @param room characters of a line. */
export function replicaColumns(title: string, room: number): readonly Column<ReplicaRow>[] {
  return [
    { title, width: 12, worth: 100, isLeft: true, text: ({ name }) => printableText(name) },
    {
      title: "STATE",
      width: 8,
      worth: 95,
      isLeft: true,
      text: ({ replica: { state } }) => state,
      tone: ({ replica: { state } }) => STATE_TONES[state],
    },
    { title: "REV", width: 6, worth: 60, text: ({ replica: { revision } }) => String(revision) },
    { title: "PORTS", width: 12, worth: 50, text: ({ replica: { ports } }) => ports.join(" ") },
    {
      title: "WHY",
      width: Math.max(SENTENCE, Math.floor((room - 40) * 0.7)),
      worth: 80,
      isLeft: true,
      text: ({ replica: { reason } }) => printableText(reason),
    },
  ];
}

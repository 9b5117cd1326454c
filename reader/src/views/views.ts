/** Which view a place is. */
import type { Place, Reader } from "../shell/reader";
import type { View } from "../shell/shell";
import { cameraView } from "./camera";
import { guideView } from "./guide";
import { homeView } from "./home";
import { listenView } from "./listen";
import { passView } from "./pass";
import { playView } from "./play";
import { repliesView } from "./replies";
import { settingsView } from "./settings";
import { showView as showingView } from "./show";
import { topicView } from "./topic";
import { trustView } from "./trust";
import { updateView } from "./update";
import { writeView } from "./write";

export function showView(reader: Reader, place: Place): View {
  switch (place.view) {
    case "home":
      return homeView(reader);
    case "topic":
      return topicView(reader, place);
    case "guide":
      return guideView(reader, place);
    case "write":
      return writeView(reader, place);
    case "replies":
      return repliesView(reader);
    case "pass":
      return passView(reader);
    case "update":
      return updateView(reader);
    case "camera":
      return cameraView(reader);
    case "listen":
      return listenView(reader);
    case "play":
      return playView(place);
    case "show":
      return showingView(place);
    case "trust":
      return trustView(reader);
    case "settings":
      return settingsView(reader);
  }
}

// The supervisor's page.

import { staffPage } from "/static/staff.js";
import { overviewView } from "/oversight/static/overview.js";
import { soundSwitch } from "/oversight/static/sound.js";

staffPage({
  here: "/supervisor/",
  product: "oversight.product",
  hint: "oversight.login_hint",
  view: overviewView,
  tools: soundSwitch,
});

import "uplot/dist/uPlot.min.css";
import "./style/base.css";
import "./style/frame.css";
import "./style/list.css";
import "./style/chart.css";
import "./style/pages.css";
import "./style/region.css";
import { render } from "preact";
import { DashboardFrame } from "./pages/dashboard_frame.tsx";

const root = document.getElementById("dashboard");
if (root !== null) render(<DashboardFrame />, root);

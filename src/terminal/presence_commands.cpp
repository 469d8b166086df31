// `kith who`: one question about who is online.
#include "terminal/online.h"
#include "terminal/show.h"

namespace kith::terminal {

int who(Context& context) {
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  Online online(context, std::move(ready.account), ready.server, Online::Kind::question);
  online.device().presence({context.line.arguments}, [&](Result<wire::Presences> found) {
    if (online.finished()) return;
    if (!found) return online.finish_with(found.error());
    for (const wire::Presence& item : found->items) print(context.line.has("json") ? json_line(item) : presence_line(item));
    online.finish(kFine);
  });
  return online.run();
}

}  // namespace kith::terminal

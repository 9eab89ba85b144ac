import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.event.ruler.Machine;

/**
 * Asks event-ruler, the matcher that Amazon EventBridge runs, which patterns match which events.
 *
 * <p>Reads {@code {"patterns": [...], "events": [...]}} from the file that the first argument names, and writes to the file that the
 * second names: {@code {"refused": {"PATTERN": "reason"}, "matches": [[PATTERN, ...], ...]}}, with one list for each event. A
 * pattern is named by its index.
 */
public class EventRuler {
  public static void main(String[] args) throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode input = json.readTree(new File(args[0]));
    ObjectNode output = json.createObjectNode();
    ObjectNode refused = output.putObject("refused");
    Map<Integer, Machine> machines = new TreeMap<>();
    JsonNode patterns = input.get("patterns");
    for (int i = 0; i < patterns.size(); i++) {
      try {
        Machine machine = new Machine();
        machine.addRule("rule", patterns.get(i).toString());
        machines.put(i, machine);
      } catch (Exception refusal) {
        refused.put(String.valueOf(i), String.valueOf(refusal.getMessage()));
      }
    }
    ArrayNode matches = output.putArray("matches");
    for (JsonNode event : input.get("events")) {
      ArrayNode matched = matches.addArray();
      for (Map.Entry<Integer, Machine> entry : machines.entrySet()) {
        if (!entry.getValue().rulesForJSONEvent(event).isEmpty()) {
          matched.add(entry.getKey());
        }
      }
    }
    json.writeValue(new File(args[1]), output);
  }
}

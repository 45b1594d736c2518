// Asks veraPDF whether PDF files follow PDF/A-3a and PDF/UA-1. Usage: java -cp JARS VeraPdf.java FILE...
// Prints a line for every rule that fails: flavour, file, rule, how often, what it says, and one place where;
// and a verdict for each file and flavour. Exit status 1 when anything fails.
// Without a FILE it reads paths from standard input, a line each, and answers an empty line with one.
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

public class VeraPdf {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean compliant = true;
        for (String file : files)
            compliant &= checkBoth(file);
        if (files.length == 0)
            answer();
        System.exit(compliant ? 0 : 1);
    }

    static void answer() throws Exception {
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String file = asked.readLine(); file != null; file = asked.readLine()) {
            if (file.isEmpty()) {
                System.out.println();
                System.out.flush();
            } else
                checkBoth(file);
        }
    }

    static boolean checkBoth(String file) throws Exception {
        boolean compliant = true;
        for (String flavour : List.of("3a", "ua1"))
            compliant &= check(PDFAFlavour.fromString(flavour), new File(file));
        return compliant;
    }

    static boolean check(PDFAFlavour flavour, File file) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
             PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            Map<String, Integer> counts = new LinkedHashMap<>();
            Map<String, String> examples = new LinkedHashMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() != TestAssertion.Status.FAILED) continue;
                String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                counts.merge(rule, 1, Integer::sum);
                examples.putIfAbsent(rule, assertion.getMessage() + " @ " + assertion.getLocation().getContext());
            }
            for (Map.Entry<String, Integer> entry : counts.entrySet())
                System.out.printf("%s %s %s %dx %s%n", flavour.getId(), file.getName(), entry.getKey(),
                        entry.getValue(), examples.get(entry.getKey()).replaceAll("\\s+", " "));
            System.out.printf("%s %s compliant=%s checks=%d%n", flavour.getId(), file.getName(),
                    result.isCompliant(), result.getTotalAssertions());
            return result.isCompliant();
        }
    }
}

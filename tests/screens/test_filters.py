"""The controls of list filters."""

from pytest_django.asserts import assertHTMLEqual

from portal.screens.filters import DirectorySelect


def test_directory_select_writes_options_and_groups_with_the_chosen_one() -> None:
    choices = [("", "不限"), ("湖南省", [("430100", "长沙市"), ("430200", "株洲市<&")])]
    written = DirectorySelect(choices=choices).render("city", "430200", {"id": "id_city"})
    assertHTMLEqual(
        written,
        '<select id="id_city" name="city"><option value="">不限</option><optgroup label="湖南省">'
        '<option value="430100">长沙市</option><option value="430200" selected>株洲市&lt;&amp;</option>'
        "</optgroup></select>",
    )

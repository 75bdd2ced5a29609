import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.pipeline.personal import is_personal
from knowledge.text import fold


@pytest.mark.parametrize(
    "text",
    [
        "我的包裹四天没动了",
        "你们给我发错了颜色",
        "前天买的裤子还没发货",
        "上周寄回去的退货还没退钱",
        "麻烦查一下尾号7750的订单",
        "我的退款到现在都没收到",
        "我那件少了一颗扣子，漏发了吧",
        "我账号被封了",
        "給我寄成了小碼",
        "我拍的两件只到了一件，还有一件呢，物流也不更新",
        "客服一直没回我",
        "帮我催一下快递",
        "重复扣了我两笔钱",
        "我买的锅收到是坏的",
        "我的发票开了没",
        "我的快递到哪里了",
        "付了尾款订单还显示未付",
        "my parcel has not moved since Friday",
        "where is my refund",
        "I ordered a lamp two weeks ago and it never came",
        "You guys sent me the wrong size",
        "I was charged twice for one order",
        "my account got locked",
        "can you check on my order please",
        "order number 5512390 still pending",
        "still waiting on my replacement",
        "I paid yesterday and no confirmation email",
        "got a cracked mug in my box",
        "快递一直卡在郑州",
        "都十天了还在仓库",
        "显示签收了可我没拿到",
        "赠品没给",
        "我那箱走了没",
        "tracking stuck in Reno",
        "still no refund",
        "says delivered but nothing at the door",
        "ordered blue got red",
        "can I get a refund for my order",
        "can I cancel my order",
        "when will my order arrive",
        "has my parcel shipped yet",
        "we ordered a rug, when does it ship",
        "I've paid, how long until you send it",
        "I bought it on Monday, can I exchange it",
        "there is a problem with my refund",
        "我上周买的什么时候到",
        "我昨天付的款 啥时候发",
        "前天下单的几号能到",
        "我付完钱了多久发货",
        "啥时候寄我的货",
        "我的订单能取消吗",
        "我的退款几天到账",
        "三天前买的可以换吗",
        "帮我取消订单",
    ],
)
def test_the_writers_own_order_is_personal(text: str) -> None:
    assert is_personal(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "我一米六五穿什么码",
        "我今天下单几号能发",
        "我不喜欢的话可以退吗",
        "收到是坏的怎么办",
        "如果我的快递丢了你们赔吗",
        "退款一般几天到账",
        "怎么查我的订单",
        "我的皮肤很敏感能用吗",
        "帮我看看我适合哪款",
        "还没上链接吗",
        "还有货吗",
        "三号链接没了吗",
        "我女儿八岁能学吗",
        "我想退课找谁",
        "你们家发什么快递",
        "我的天哪太便宜了",
        "我买了三件啦",
        "昨天买的已经收到了，很好看",
        "which size would fit me",
        "if I order today when does it ship",
        "can I return it if I do not like it",
        "what happens if it arrives broken",
        "how do I track my order",
        "when will my card be charged",
        "is my skin type ok for this",
        "I bought two already, love them",
        "does it still come in red",
        "how long do refunds take",
        "一套有多少件",
        "第二天还会香吗",
        "快递丢了谁赔",
        "如果漏发给补吗",
        "会送赠品吗",
        "what if the tracking gets stuck",
        "still waiting for the next drop if you restock",
        "can I cancel an order?",
        "how do refunds work",
        "how do I cancel my order",
        "can I cancel my order if it is late",
        "is my first order over 50 free shipping",
        "what time can I place my order",
        "I bought two, when is the restock",
        "am I stuck once I've paid",
        "什么时候到",
        "我想买什么时候发货",
        "买了可以退吗",
        "我要买的话几天到",
        "我的尺码什么时候到货",
        "上周买的那款什么时候返场",
        "我买的会员什么时候到期",
        "我们这快递几天能到",
        "",
    ],
)
def test_what_anybody_might_ask_is_not(text: str) -> None:
    assert not is_personal(fold(text))


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert is_personal(fold(text)) in (True, False)


def test_a_flood_of_the_words_costs_little() -> None:
    assert is_personal("我的订单" * 50_000 + "还没到") is False
